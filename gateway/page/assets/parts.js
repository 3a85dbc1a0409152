// The parts of the page, each out of its piece of the view. All text goes in as text, never as HTML.

import { send } from "./send.js";

export function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

export function tile(one) {
  const made = element(
    "article",
    `tile ${one.mood}`,
    element("h2", "", one.title),
    element("p", "value", one.value),
    element("p", "quiet", one.detail),
  );
  return made;
}

export function alertCard(alert) {
  const steps = element("ol", "steps");
  const done = alert.steps.filter((step) => step.done).length;
  alert.steps.forEach((step, n) => {
    const item = element("li", step.done ? "done" : n === done ? "next" : "", step.word);
    if (n === done - 1) item.setAttribute("aria-current", "step"); // what is awaited must not sound as if it had happened
    steps.append(item);
  });
  return element(
    "li",
    `alert ${alert.priority}${alert.answered ? " answered" : ""}`,
    element(
      "div",
      "line",
      element("span", "urgency", alert.urgency),
      element("strong", "where", alert.where),
      element("span", "quiet raised", `${alert.raised} ${alert.number}`),
    ),
    element("p", "said", alert.what),
    steps,
    element("p", "comes", alert.comes),
    ...(alert.notes.length ? [element("p", "quiet", alert.notes.join(" · "))] : []),
  );
}

export function faultLine(fault) {
  return element("li", "fault", element("strong", "", fault.what), " ", element("span", "quiet", fault.since));
}

export function drillLine(drill) {
  const end = element("button", "plain", document.querySelector("[data-end]").dataset.end);
  end.dataset.focus = "end";
  end.addEventListener("click", () => send("/drill", { wearer: drill.wearer, minutes: 0 }));
  return element("li", "drill", element("strong", "", drill.said), " ", end);
}

export function bandCard(band, openChart) {
  const values = element("ul", "values");
  for (const value of band.values) values.append(valueLine(band, value, openChart));
  const card = element(
    "li",
    `band ${band.mood}`,
    element("div", "line", element("strong", "where", band.room || "–"), element("span", "wearer", band.wearer)),
    element("p", "heard quiet", element("span", "dot"), told(band)),
    values,
  );
  card.dataset.name = `${band.room} ${band.wearer}`.toLowerCase();
  return card;
}

function told(band) {
  const signal = band.signal === null ? "" : `${band.signal} dBm`;
  return [band.heard, band.battery && `▮ ${band.battery}`, signal].filter(Boolean).join(" · ");
}

function valueLine(band, value, openChart) {
  const age = element("span", "quiet", value.ago);
  if (!value.chart) return element("li", "", element("span", "measured", value.said), age);
  const button = element("button", "measured", value.said);
  button.dataset.focus = value.chart;
  button.setAttribute("aria-haspopup", "dialog");
  button.addEventListener("click", () => openChart(band, value));
  return element("li", "", button, age);
}
