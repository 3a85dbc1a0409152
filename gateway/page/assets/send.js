// Sends a form to the gateway, with the token of this session: what came of it, in words.

const token = document.querySelector("[name=csrf]").value;

export async function send(path, fields) {
  const body = new URLSearchParams({ ...fields, csrf: token });
  const answer = await fetch(`${path}?language=${document.documentElement.lang}`, { method: "POST", body });
  if (answer.status === 403) location.reload(); // the session is over
  return { done: answer.ok, said: await answer.text() };
}
