// The window of the stand-in platform: draws what it sends, and sends what the duty officer presses.

const language = document.documentElement.lang;
const byId = (id) => document.getElementById(id);
const bands = new Map(); // what is drawn of each, and how often it has vibrated
let drawn = ""; // the alerts on the screen: what is the same stays, and with it the focus

function element(name, className, ...children) {
  const made = document.createElement(name);
  made.className = className;
  made.append(...children);
  return made;
}

function button(word, path, fields) {
  const made = element("button", "plain", word);
  made.dataset.focus = JSON.stringify(fields);
  made.addEventListener("click", () => fetch(path, { method: "POST", body: new URLSearchParams(fields) }));
  return made;
}

function alertCard(alert) {
  const deeds = alert.deeds.map((deed) => button(deed.word, "/command", { alert: alert.id, verb: deed.verb }));
  return element(
    "li",
    `alert ${alert.priority} ${alert.open ? "open" : "over"}`,
    element("p", "who", alert.who),
    element("p", "said", alert.text),
    element("p", "comes", alert.state),
    element("div", "deeds", ...deeds),
  );
}

function showAlerts(alerts) {
  const now = JSON.stringify(alerts);
  if (now === drawn) return;
  drawn = now;
  const focus = document.activeElement?.dataset?.focus;
  byId("alert-list").replaceChildren(...alerts.map(alertCard));
  byId("alerts").classList.toggle("empty", alerts.length === 0);
  if (focus) [...document.querySelectorAll("button")].find((one) => one.dataset.focus === focus)?.focus();
}

function bandCard(band) {
  const felt = element("span", "felt");
  const card = element("li", "band worn", element("span", "strap"), element("div", "", element("strong", "who", band.name), " ", felt));
  if (band.press) card.append(button(document.body.dataset.press, "/press", { wearer: band.press }));
  byId("band-list").append(card);
  return { card, felt, short: band.short, long: band.long };
}

function showBand(band, words) {
  const known = bands.get(band.address) ?? bands.set(band.address, bandCard(band)).get(band.address);
  const how = band.long > known.long ? "long" : band.short > known.short ? "short" : known.card.dataset.felt ?? "none";
  const vibrates = band.long > known.long || band.short > known.short;
  Object.assign(known, { short: band.short, long: band.long });
  known.card.dataset.felt = how;
  if (known.felt.textContent !== words[how]) known.felt.textContent = words[how];
  if (!vibrates) return;
  known.card.classList.remove("shakes");
  known.card.getBoundingClientRect(); // so that it shakes again
  known.card.classList.add("shakes");
}

const events = new EventSource(`/events?language=${language}`);
events.onmessage = (event) => {
  const view = JSON.parse(event.data);
  byId("lost").hidden = true;
  for (const band of view.bands) showBand(band, view.felt);
  showAlerts(view.alerts);
};
events.onerror = () => {
  byId("lost").hidden = false;
};
