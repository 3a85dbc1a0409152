// A day of one kind of reading, or a walk, drawn by uPlot (uplot.js; MIT licence, uplot-LICENSE.txt).

const COLOURS = ["#c2321c", "#1f5fa8"]; // of blood pressure: systolic, diastolic

export function draw(place, columns, language, { from = Date.now() / 1000 - 86400, height = 0 } = {}) {
  place.replaceChildren();
  place.removeAttribute("role");
  place.removeAttribute("aria-label");
  if (!columns.length) return;
  const [times, ...values] = columns;
  const now = Date.now() / 1000;
  const text = getComputedStyle(document.body).color;
  const axis = { stroke: text, font: "16px sans-serif", grid: { stroke: "#8884", width: 1 }, ticks: { show: false } };
  const hours = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hour12: false });
  const options = {
    width: place.clientWidth || 320,
    height: height || Math.min(360, Math.max(220, window.innerHeight / 2)),
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    scales: { x: { min: from, max: Math.max(now, from + 60) } },
    axes: [
      { ...axis, space: 80, values: (_, at) => at.map((one) => hours.format(one * 1000)) },
      { ...axis, size: 56 },
    ],
    series: [{}, ...values.map((_, n) => ({ stroke: COLOURS[n % 2], width: 2.5, points: { size: 7 }, spanGaps: false }))],
  };
  new uPlot(options, [times, ...values], place);
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", summary(times, values, hours));
}

// The same in words, for whoever does not see it: the least, the most, the last.
function summary(times, values, hours) {
  const heard = values.map((column) => column.filter((one) => one !== null));
  const each = heard.map((column) => (column.length ? `${Math.min(...column)} – ${Math.max(...column)} (${column.at(-1)})` : "–"));
  return `${hours.format(times[0] * 1000)} – ${hours.format(times.at(-1) * 1000)}: ${each.join("; ")}`;
}
