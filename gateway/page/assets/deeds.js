// Drill and enrolment: dialogs whose form goes to the gateway, and a label that is read by camera or typed.

import { element } from "./parts.js";
import { send } from "./send.js";

const byId = (id) => document.getElementById(id);
// Six pairs with one sign between them or none; not a piece of something longer. A browser before 2023 knows no look behind.
const ADDRESS = /[0-9A-F]{2}([:-]?)(?:[0-9A-F]{2}\1){4}[0-9A-F]{2}(?![:-]?[0-9A-Z])/gi;
const LONGER = /[0-9A-Z]$|(?:^|[^0-9A-Z])[0-9A-F]{2}[:-]$/i; // what stands before it belongs to it
const LOOK_EVERY_MS = 250;
const NONE = ["", "–"]; // so that nobody is chosen by accident

function option(value, text) {
  const made = element("option", "", text);
  made.value = value;
  return made;
}

// Choices that are the same stay, so that nobody's choice is taken away while they look.
function offer(list, options) {
  const now = JSON.stringify(options);
  if (list.dataset.offered === now) return;
  list.dataset.offered = now;
  const chosen = list.value;
  list.replaceChildren(...options.map(([value, text]) => option(value, text)));
  if (options.some(([value]) => value === chosen)) list.value = chosen;
}

export function offerBands(bands) {
  const name = (band) => [band.room, band.wearer].filter(Boolean).join(" · ");
  offer(byId("walk-band"), bands.map((band) => [band.address, `${name(band)} (${band.address.slice(-5)})`]));
  offer(byId("drill-wearer"), [NONE, ...new Map(bands.map((band) => [band.wearer, name(band)]))]);
  offer(byId("rooms"), [...new Set(bands.map((band) => band.room))].filter(Boolean).map((room) => [room, ""]));
}

// What is printed on a wristband: one address, alone or in any text; `driver=...` in it names the kind.
function read(label) {
  const text = label.normalize("NFKC");
  const driver = text.match(/driver=([a-z0-9-]+)/)?.[1];
  if (driver && [...byId("drivers").options].some((one) => one.value === driver)) byId("drivers").value = driver;
  const whole = [...text.matchAll(ADDRESS)].filter((one) => !LONGER.test(text.slice(0, one.index)));
  const found = new Set(whole.map(([address]) => address));
  return found.size === 1 ? [...found][0] : ""; // of two nobody knows which one is meant
}

async function submit(event) {
  event.preventDefault();
  const form = event.target;
  const said = form.querySelector("output");
  const address = form.dataset.sends === "/enrol" && read(byId("label").value);
  if (address === "") return void (said.textContent = byId("label").dataset.none);
  const fields = Object.fromEntries(new FormData(form));
  if (address) fields.address = address;
  said.textContent = "…";
  const answer = await send(form.dataset.sends, fields);
  said.textContent = answer.said;
  if (answer.done) form.reset();
}

async function scan() {
  const camera = byId("camera");
  const found = new BarcodeDetector({ formats: ["qr_code", "data_matrix", "code_128"] });
  camera.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  camera.hidden = false;
  await camera.play();
  while (byId("enrol").open && camera.srcObject) {
    const [code] = await found.detect(camera).catch(() => []);
    if (code) {
      byId("label").value = read(code.rawValue) || code.rawValue;
      shut();
      byId("label").focus();
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

function shut() {
  const camera = byId("camera");
  for (const track of camera.srcObject?.getTracks() ?? []) track.stop();
  camera.srcObject = null;
  camera.hidden = true;
}

// A browser lends its camera to a page that came by HTTPS or from its own machine, and to no other.
const scans = "BarcodeDetector" in window && navigator.mediaDevices;
byId("scan").hidden = !scans;
byId("scan-none").hidden = Boolean(scans);
byId("scan").addEventListener("click", () => scan().catch(() => (byId("scan-none").hidden = false)));
byId("enrol").addEventListener("close", shut);
offer(byId("drivers"), [NONE, ...JSON.parse(byId("drivers").dataset.all).map(([name, title]) => [name, `${name}: ${title}`])]);
for (const form of document.querySelectorAll("form[data-sends]")) form.addEventListener("submit", submit);
for (const button of document.querySelectorAll("[data-opens]")) {
  button.addEventListener("click", () => byId(button.dataset.opens).showModal());
}
