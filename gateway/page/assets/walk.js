// The walk test: how loud one wristband is heard, by room and by time. It stays in this window, also when it is loaded again.

import { draw } from "./chart.js";
import { element } from "./parts.js";

const byId = (id) => document.getElementById(id);
const KEPT = "walk";
const ENOUGH_DBM = -80; // a receiver of a Raspberry Pi hears down to some -95: 15 dB are left for a body and a door
const BARELY_DBM = -90;
const MOST = 2000; // looks, one every two seconds: an hour
let looks = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]"); // [seconds, room, dBm or null]
let walking = false;

function begin() {
  walking = !walking && byId("walk-band").value !== "";
  const go = byId("walk-go");
  go.textContent = walking ? go.dataset.stop : go.dataset.start;
}

export function walked(view) {
  if (!byId("walk").open) walking && begin();
  const band = view.bands.find((one) => one.address === byId("walk-band").value);
  const now = byId("walk-now");
  const said = !band ? "–" : band.signal === null ? now.dataset.unheard : `${band.signal} dBm`;
  if (now.textContent !== said) now.textContent = said;
  const room = byId("walk-room").value.trim();
  if (!walking || !band || !room) return;
  looks = [...looks, [Math.round(Date.now() / 1000), room, band.signal]].slice(-MOST);
  sessionStorage.setItem(KEPT, JSON.stringify(looks));
  show();
}

function verdict(heard, all) {
  if (!heard.length || heard[0] < BARELY_DBM || heard.length < all / 2) return "bad";
  return heard[0] < ENOUGH_DBM || heard.length < 0.8 * all ? "weak" : "good";
}

function row(room) {
  const here = looks.filter((look) => look[1] === room).map((look) => look[2]);
  const heard = here.filter((one) => one !== null).sort((a, b) => a - b);
  const how = verdict(heard, here.length);
  const head = element("th", "", room);
  head.scope = "row";
  const cells = [heard[0] ?? "–", heard[Math.floor(heard.length / 2)] ?? "–", `${heard.length} / ${here.length}`];
  return element("tr", how, head, ...cells.map((one) => element("td", "", one)), element("td", "verdict", byId("walk-table").dataset[how]));
}

function show() {
  const rooms = [...new Set(looks.map((look) => look[1]))];
  byId("walk-rows").replaceChildren(...rooms.map(row));
  byId("walk-table").hidden = byId("walk-clear").hidden = rooms.length === 0;
  const columns = looks.length ? [looks.map((look) => look[0]), looks.map((look) => look[2])] : [];
  const from = looks[0]?.[0] ?? 0;
  draw(byId("walk-line"), columns, document.documentElement.lang, { from, height: 160 });
  byId("walk-line").ariaLabel &&= `${byId("walk-line").dataset.title}: ${byId("walk-line").ariaLabel}`;
}

byId("walk-go").addEventListener("click", begin);
byId("walk-clear").addEventListener("click", () => {
  looks = [];
  sessionStorage.removeItem(KEPT);
  show();
});
document.querySelector("[data-opens=walk]").addEventListener("click", show);
