// Draws what the gateway sends: one view, whole, whenever it is another one. What is on the screen already and is the same stays.

import { draw } from "./chart.js";
import { offerBands } from "./deeds.js";
import { alertCard, bandCard, drillLine, faultLine, tile } from "./parts.js";
import { walked } from "./walk.js";

const language = document.documentElement.lang;
const byId = (id) => document.getElementById(id);
const known = new Set(); // the alerts that were shown already
let first = true;

// The children of a list, by key; one whose data is the same is left alone, so that focus and reader stay where they are.
function fill(list, items, key, make) {
  const before = new Map([...list.children].map((child) => [child.dataset.key, child]));
  const now = items.map((item, n) => {
    const data = JSON.stringify(item);
    const old = before.get(String(key(item, n)));
    if (old && old.dataset.data === data) return old;
    const made = make(item);
    made.dataset.key = key(item, n);
    made.dataset.data = data;
    if (old && old.contains(document.activeElement)) keepFocus(made, document.activeElement.dataset.focus);
    return made;
  });
  if (now.length !== list.children.length || now.some((child, n) => child !== list.children[n])) list.replaceChildren(...now);
}

function keepFocus(made, name) {
  requestAnimationFrame(() => made.querySelector(`[data-focus="${name}"]`)?.focus());
}

function section(name, items) {
  byId(`${name}-count`).textContent = items.length || "";
  byId(`${name}s`).classList.toggle("empty", items.length === 0);
}

function announce(alerts) {
  const fresh = alerts.filter((alert) => !known.has(alert.id));
  known.clear();
  for (const alert of alerts) known.add(alert.id);
  if (!first && fresh.length) {
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close(); // nothing may hide who calls
    byId("news").textContent = fresh.map((alert) => alert.said).join(" ");
  }
  first = false;
}

function find() {
  const wanted = byId("find").value.trim().toLowerCase();
  for (const card of byId("band-list").children) card.hidden = !card.dataset.name.includes(wanted);
}

function show(view) {
  byId("lost").hidden = true;
  byId("gateway").textContent = view.gateway;
  byId("time").textContent = view.time;
  document.title = view.alerts.length ? `(${view.alerts.length}) ${view.gateway}` : view.gateway;
  fill(byId("tiles"), view.tiles, (one) => one.name, tile);
  fill(byId("alert-list"), view.alerts, (one) => one.id, alertCard);
  fill(byId("fault-list"), view.faults, (_, n) => n, faultLine); // a guest may see two that sound the same
  fill(byId("band-list"), view.bands, (one) => one.address, (band) => bandCard(band, openChart));
  fill(byId("drill-list"), view.drills, (one) => one.wearer, drillLine);
  section("alert", view.alerts);
  section("fault", view.faults);
  section("band", view.bands);
  offerBands(view.bands);
  walked(view);
  announce(view.alerts);
  find();
  if (!document.body.dataset.shown) performance.mark("shown"); // `./dev page paint`
  document.body.dataset.shown = "yes";
}

async function openChart(band, value) {
  const query = new URLSearchParams({ address: band.address, kind: value.chart });
  const answer = await fetch(`/day?${query}`);
  if (!answer.ok) return location.reload();
  byId("chart-title").textContent = `${band.room || band.wearer} · ${value.said}`;
  byId("chart").showModal();
  const columns = await answer.json();
  byId("drawing-empty").hidden = columns.length > 0;
  draw(byId("drawing"), columns, language);
}

function listen() {
  const events = new EventSource(`/events?language=${language}`);
  events.onmessage = (event) => show(JSON.parse(event.data));
  events.onerror = () => {
    byId("lost").hidden = false;
    if (events.readyState === EventSource.CLOSED) setTimeout(comeBack, 5000); // refused: the gateway was started anew, say
  };
}

async function comeBack() {
  const answer = await fetch(location.href).catch(() => null);
  if (answer) location.reload();
  else setTimeout(comeBack, 5000);
}

byId("find").addEventListener("input", find);
listen();
