/** Records of a service as a table. */
import { dialog, el } from "./dom.js";
import { pick, t } from "./words.js";

const SHOWN = 100;

/** Records of one kind, newest first; a row opens to the whole record. */
export function table({ label, columns, rows }) {
  const head = el("h3", {}, pick(label), el("span.count", {}, String(rows.length)));
  if (rows.length === 0) return el("section.card", {}, head, el("p.hint", {}, t.noRecords));
  return el(
    "section.card",
    {},
    head,
    el(
      "div.table",
      { tabindex: "0", role: "region", "aria-label": pick(label) },
      el(
        "table",
        {},
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            columns.map((column) => el("th", { scope: "col" }, pick(column.label))),
          ),
        ),
        el(
          "tbody",
          {},
          rows.slice(0, SHOWN).map((row) => record(row, columns, pick(label))),
        ),
      ),
    ),
  );
}

function record(row, columns, name) {
  const open = () =>
    dialog(`${name}: ${t.record}`, el("pre.json", {}, JSON.stringify(row, null, 2)), () => [
      el("button.primary", { value: "ok" }, t.ok),
    ]);
  const onkeydown = (event) => {
    if (event.key === "Enter") open();
  };
  return el(
    "tr",
    { tabindex: "0", onclick: open, onkeydown },
    columns.map(({ key }) => el("td", {}, cell(valueAt(row, key)))),
  );
}

const valueAt = (row, path) => path.split(".").reduce((value, key) => value?.[key], row);
function cell(value) {
  if (value === undefined || value === null || value === "") return "–";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
