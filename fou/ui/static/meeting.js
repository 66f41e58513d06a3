// The table of a meeting (fou/ui/distributing.py): draws what Python counted and worded, and sends what people do.
//
// What is typed is shown in all figures at each keystroke, and kept when the field has been still or is left. All that
// people do stands in a queue until Python has heard it: nothing is lost when a connection is, and nothing done twice.

const STILL = 700; // ms of stillness before what is typed is kept
const SOON = 30; // ms between keystrokes that are sent together; the first is sent at once
const AGAIN = 4000; // ms before what nobody has heard is sent again

const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
};

class Table {
  constructor() {
    this.token = crypto.randomUUID();
    this.queue = [];
    this.number = 0;
    this.typing = null;
    this.dirty = new Map(); // cells whose text is not what Python last said, by "row-year"
    this.open = new Set(); // rows that show more
    this.showCommitted = false;
    this.root = make("div", { class: "fou-mote" });
    this.told = make("p", { class: "fel", role: "status" });
    this.root.append(this.told);
    this.root.addEventListener("input", (event) => this.typed(event));
    this.root.addEventListener("change", (event) => this.left(event));
    this.root.addEventListener("focusout", (event) => this.left(event));
    this.root.addEventListener("focusin", (event) => {
      this.focused = event.target.dataset?.name;
      this.fresh = this.drawing ? null : event.target;
    });
    this.root.addEventListener("keydown", (event) => this.pressed(event));
    this.root.addEventListener("click", (event) => this.clicked(event));
    // A phone may never come back to a page that it has put away.
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.keepAll());
  }

  moveTo(parent) {
    // What had the focus lost it with its place, unless somebody has gone elsewhere.
    const name = document.activeElement === document.body ? this.focused : null;
    this.drawing = true;
    parent.append(this.root);
    this.drawing = false;
    const input = name ? this.root.querySelector(`[data-name="${CSS.escape(name)}"]`) : null;
    input?.focus({ preventScroll: true });
    if (input?.setSelectionRange && this.dirty.has(name)) input.setSelectionRange(input.value.length, input.value.length);
  }

  // --- What Python says

  update(data, send) {
    this.send = send;
    if (this.data && this.data.scenario !== data.scenario) {
      // What is typed belongs to the scenario that it was typed in.
      this.keepAll();
      this.dirty.clear();
      this.open.clear();
    }
    this.data = data;
    if (data.token === this.token) this.queue = this.queue.filter((one) => one.n > data.heard);
    if (!this.queue.length) {
      clearTimeout(this.again);
      this.late = false;
    }
    // A cell that has been heard is Python's again, unless somebody has gone on typing in it.
    for (const [name, cell] of this.dirty) {
      const waits = this.queue.some((one) => one.cell === name);
      if (cell.kept && !waits && !data.refused[name]) this.dirty.delete(name);
    }
    this.draw();
  }

  draw() {
    this.drawing = true;
    try {
      this.drawn();
    } finally {
      this.drawing = false;
    }
  }

  drawn() {
    const focus = document.activeElement;
    const inside = this.root.contains(focus) ? focus.dataset.name : null;
    const caret = inside && focus.selectionStart !== undefined && focus.type === "text"
      ? [focus.selectionStart, focus.selectionEnd] : null;
    const table = this.table();
    const told = this.late ? this.data.late : "";
    if (this.told.textContent !== told) this.told.textContent = told;
    const old = this.root.querySelector("table");
    if (old) this.merge(old, table);
    else this.root.append(make("div", { class: "rulla", role: "region", "aria-label": "Ärenden", tabindex: "0" }, table));
    if (inside && document.activeElement?.dataset?.name !== inside) {
      const again = this.root.querySelector(`[data-name="${CSS.escape(inside)}"]`);
      again?.focus({ preventScroll: true });
      if (caret && again?.setSelectionRange) again.setSelectionRange(...caret);
    }
  }

  // Change what differs and leave the rest, so that what is in focus stays so.
  merge(old, now) {
    if (old.nodeType !== now.nodeType || old.nodeName !== now.nodeName || old.dataset?.name !== now.dataset?.name) {
      old.replaceWith(now);
      return;
    }
    if (old.nodeType === Node.TEXT_NODE) {
      if (old.data !== now.data) old.data = now.data;
      return;
    }
    for (const { name } of [...old.attributes]) if (!now.hasAttribute(name)) old.removeAttribute(name);
    for (const { name, value } of now.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    if (old.nodeName === "INPUT") {
      if (old.value !== now.value) old.value = now.value;
      return;
    }
    const before = [...old.childNodes];
    const after = [...now.childNodes];
    after.forEach((child, at) => (before[at] ? this.merge(before[at], child) : old.append(child)));
    before.slice(after.length).forEach((child) => child.remove());
  }

  table() {
    const { data } = this;
    const years = data.years.map((one) => make("th", { scope: "col", class: "belopp" }, one.title));
    const head = make("tr", {}, this.place("th", "Plats"), make("th", { scope: "col" }, "Ärende"),
      make("th", { scope: "col", class: "belopp" }, data.asked), ...years,
      make("th", { scope: "col", class: "gor" }, data.may ? "Gör" : "Läge"));
    const body = make("tbody");
    for (const row of data.rows) {
      if (row.group) {
        const whole = String((data.places ? 4 : 3) + data.years.length);
        body.append(make("tr", { class: "grupp", "data-name": `${row.id}-grupp` },
          make("th", { scope: "colgroup", colspan: whole }, row.group)));
      }
      body.append(this.row(row));
      if (this.open.has(row.id)) body.append(this.more(row));
    }
    const foot = make("tfoot");
    if (data.committedTitle) {
      const title = make("button", { type: "button", "data-name": "redan", "data-do": "committed",
        "aria-expanded": String(this.showCommitted), class: "lank" }, data.committedTitle.title);
      foot.append(this.sums(title, data.committedTitle.cells, "redan"));
      if (this.showCommitted) {
        for (const one of data.committed) {
          foot.append(this.sums(`${one.title} (${one.code})`, one.cells, "redan ett"));
        }
      }
    }
    for (const one of data.foot) foot.append(this.sums(one.title, one.cells, one.last ? "sista" : "summa"));
    return make("table", { class: data.years.length > 2 ? "tat" : null }, make("caption", {}, data.caption), make("thead", {}, head), body, foot);
  }

  // A year's plan has no ranking, and then no column for it.
  place(tag, text) {
    return this.data.places ? make(tag, { class: "plats", scope: tag === "th" ? "col" : null }, text) : null;
  }

  sums(title, cells, kind) {
    return make("tr", { class: kind }, this.place("td", ""), make("th", { scope: "row", colspan: "2" }, title),
      ...cells.map((text) => make("td", { class: "belopp" }, text)), make("td"));
  }

  row(row) {
    const name = make("th", { scope: "row" }, make("span", { class: "titel" }, row.title),
      make("small", {}, [row.code, row.about].filter(Boolean).join(", ")));
    if (row.conflict) name.append(make("small", { class: "marke" }, "Jäv: du deltar inte i ärendet"));
    const refused = this.data.refused[row.id];
    if (refused) name.append(make("small", { class: "fel", role: "alert" }, refused));
    for (const { year } of row.cells) {
      // Beside the amount there is no room for a sentence.
      const cell = this.data.refused[`${row.id}-${year}`];
      const told = row.cells.length > 1 ? `${year}: ${cell}` : cell;
      if (cell) name.append(make("small", { class: "fel", id: `${row.id}-${year}-fel`, role: "alert" }, told));
    }
    const state = row.out ? "utanfor" : row.considered ? "med" : "";
    return make("tr", { class: state, "data-name": row.id },
      this.place("td", row.place), name,
      make("td", { class: "belopp sokt", "data-vad": this.data.asked }, row.asked, row.least ? make("small", { class: row.short ? "fel" : null }, row.least) : null),
      ...row.cells.map((cell) => this.cell(row, cell)), this.actions(row));
  }

  cell(row, cell) {
    const name = `${row.id}-${cell.year}`;
    const dirty = this.dirty.get(name);
    const refused = this.data.refused[name];
    const text = dirty ? dirty.text : cell.text;
    const place = make("td", { class: "belopp", "data-vad": cell.year });
    if (this.data.may && !row.conflict) {
      const input = make("input", { type: "text", inputmode: "decimal", autocomplete: "off", "data-name": name,
        "data-row": row.id, "data-year": cell.year, "aria-label": `${row.title}, ${cell.year}`, maxlength: "40",
        placeholder: row.out ? "utanför" : "–", readonly: row.locked, "aria-invalid": refused ? "true" : null,
        "aria-describedby": refused ? `${name}-fel` : null });
      input.value = text;
      place.append(input);
    } else {
      // What "?" stands for is said below.
      if (text !== "?") place.append(text || (row.out ? "utanför" : "–"));
    }
    for (const note of cell.notes) place.append(make("small", { class: "marke" }, note));
    if (cell.asked) place.append(make("small", {}, cell.asked));
    return place;
  }

  actions(row) {
    const place = make("td", { class: "gor" });
    const button = (what, text, pressed, label, disabled) => make("button", { type: "button", "data-do": what, disabled,
      "data-row": row.id, "data-name": `${row.id}-${what.replace("un", "")}`, "aria-pressed": String(Boolean(pressed)),
      "aria-label": `${label}: ${row.title}` }, text);
    if (this.data.may && !row.conflict) {
      place.append(button("whole", "Helt", row.whole, "Ta med helt", row.locked),
        button("out", "Utanför", row.out, "Lämna utanför", row.locked),
        button(row.locked ? "unlock" : "lock", row.locked ? "Låst" : "Lås", row.locked,
          row.locked ? "Lås upp" : "Lås"));
    } else {
      const state = row.out ? "Utanför" : row.whole ? "Helt" : row.considered ? "Med" : "Inte behandlat";
      place.append(make("span", {}, row.locked ? `${state}, låst` : state));
    }
    place.append(make("button", { type: "button", "data-do": "more", "data-row": row.id,
      "data-name": `${row.id}-more`, "aria-expanded": String(this.open.has(row.id)),
      "aria-label": `Mer om ${row.title}` }, "Mer"));
    return place;
  }

  more(row) {
    const list = make("dl");
    for (const [name, text] of row.more) list.append(make("div", {}, make("dt", {}, name), make("dd", {}, text)));
    const place = make("td", { colspan: String((this.data.places ? 4 : 3) + this.data.years.length) }, list);
    const may = this.data.may && !row.conflict && !row.locked;
    if (may) for (const cell of row.cells) place.append(this.year(row, cell));
    const buttons = make("div", { class: "knappar" });
    const button = (what, text) => buttons.append(make("button", { type: "button", "data-do": what,
      "data-row": row.id, "data-name": `${row.id}-${what}` }, text));
    if (may && row.considered) button("clear", "Ta bort: inte behandlat");
    if (row.application) button("open", "Öppna ansökan");
    place.append(buttons);
    return make("tr", { class: "mer", "data-name": `${row.id}-mer` }, place);
  }

  year(row, cell) {
    const name = `${row.id}-${cell.year}`;
    const line = make("div", { class: "ar" }, make("strong", {}, String(cell.year)));
    const button = (what, text, pressed) => line.append(make("button", { type: "button", "data-do": what,
      "data-row": row.id, "data-year": cell.year, "data-name": `${name}-${what}`,
      "aria-pressed": String(Boolean(pressed)), "aria-label": `${text}, ${cell.year}: ${row.title}` }, text));
    if (!row.id.startsWith("c")) button("grant", "Bevilja", cell.choice === "grant");
    button("reserve", "Avsätt", cell.choice === "reserve" && cell.seen[1] !== null);
    button("unset", "Avsätt utan belopp", cell.choice === "reserve" && cell.seen[1] === null);
    const waits = this.dirty.get(`${name}-villkor`);
    const input = make("input", { type: "text", "data-name": `${name}-villkor`, "data-row": row.id,
      "data-year": cell.year, "data-what": "condition", maxlength: "500", autocomplete: "off",
      placeholder: "under förutsättning att …", disabled: !cell.choice || cell.choice === "out" });
    input.value = waits ? waits.text : cell.condition;
    line.append(make("label", {}, "Villkor ", input));
    const refused = this.data.refused[`${name}-villkor`];
    if (refused) line.append(make("small", { class: "fel", role: "alert" }, refused));
    return line;
  }

  // --- What people do

  found(input) {
    const row = this.data.rows.find((one) => one.id === input.dataset.row);
    const cell = row?.cells.find((one) => String(one.year) === input.dataset.year);
    return { row, cell };
  }

  typed(event) {
    const input = event.target;
    this.fresh = null;
    const { name } = input.dataset;
    if (!name || input.nodeName !== "INPUT") return;
    const { cell } = this.found(input);
    const before = this.dirty.get(name);
    // What stood there when one began to type is what a later change by somebody else is held against.
    const seen = before && !before.kept ? before.seen : cell?.seen ?? null;
    clearTimeout(before?.still);
    const still = setTimeout(() => this.keep(name), STILL);
    this.dirty.set(name, { text: input.value, seen, kept: false, still, row: input.dataset.row,
      year: Number(input.dataset.year), what: input.dataset.what ?? "amount" });
    if (input.dataset.what === "condition") return;
    this.typing = { cell: name, scenario: this.data.scenario, row: input.dataset.row, year: Number(input.dataset.year), text: input.value };
    this.later();
  }

  left(event) {
    if (this.drawing) return;
    if (event.type === "focusout" && event.relatedTarget) this.focused = null;
    if (event.target.nodeName === "INPUT") this.keep(event.target.dataset.name);
  }

  keepAll() {
    [...this.dirty.keys()].forEach((name) => this.keep(name));
  }

  keep(name) {
    const cell = this.dirty.get(name);
    if (!cell || cell.kept) return;
    clearTimeout(cell.still);
    cell.kept = true;
    if (this.typing?.cell === name) this.typing = null;
    this.say({ do: cell.what, cell: name, row: cell.row, year: cell.year, text: cell.text, seen: cell.seen });
  }

  say(what) {
    this.number += 1;
    this.queue.push({ n: this.number, scenario: this.data.scenario, ...what });
    this.now();
  }

  later() {
    clearTimeout(this.soon);
    if (performance.now() > (this.sent ?? 0) + SOON) this.now();
    else this.soon = setTimeout(() => this.now(), SOON);
  }

  now() {
    clearTimeout(this.soon);
    clearTimeout(this.again);
    this.turn = (this.turn ?? 0) + 1;
    this.sent = performance.now();
    this.send("said", { token: this.token, turn: this.turn, queue: this.queue, typing: this.typing });
    if (!this.queue.length) return;
    this.again = setTimeout(() => {
      this.late = true;
      this.draw();
      this.now();
    }, AGAIN);
  }

  clicked(event) {
    // A click into an amount takes all of it, as the Tab key does: what is typed takes its place.
    if (event.target.nodeName === "INPUT" && this.fresh === event.target) event.target.select();
    this.fresh = null;
    const button = event.target.closest("button[data-do]");
    if (!button) return;
    const { do: what, row, year } = button.dataset;
    if (what === "committed") this.showCommitted = !this.showCommitted;
    else if (what === "more") this.open.has(row) ? this.open.delete(row) : this.open.add(row);
    else {
      const known = year ? this.found(button).cell : null;
      this.say({ do: what, row, year: year ? Number(year) : null, seen: known?.seen ?? null });
      return;
    }
    this.draw();
  }

  pressed(event) {
    const input = event.target;
    const { name } = input.dataset ?? {};
    if (input.nodeName !== "INPUT" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const { key } = event;
    if (key === "Enter" || key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      this.keep(name);
      if (input.dataset.what !== "condition") this.move(input, key === "ArrowUp" || event.shiftKey ? -1 : 1);
      return;
    }
    if (key === "Escape") {
      const cell = this.dirty.get(name);
      clearTimeout(cell?.still);
      this.dirty.delete(name);
      this.typing = null;
      this.say({ do: "forget", row: input.dataset.row, year: Number(input.dataset.year) });
      this.draw();
      input.select();
      return;
    }
    if (input.dataset.what === "condition") return;
    const { row, cell } = this.found(input);
    const what = { h: "whole", u: "out", l: row?.locked ? "unlock" : "lock", a: "unset" }[key.toLowerCase()];
    if (!what) return;
    event.preventDefault();
    if (row?.locked && what !== "unlock") return;
    clearTimeout(this.dirty.get(name)?.still);
    this.dirty.delete(name);
    this.typing = null;
    this.say({ do: what, row: input.dataset.row, year: Number(input.dataset.year), seen: cell?.seen ?? null });
  }

  move(input, step) {
    const own = [...this.root.querySelectorAll(`input[data-year="${input.dataset.year}"]:not([data-what])`)];
    const next = own[own.indexOf(input) + step];
    next?.focus();
    next?.select();
  }
}

// One for the window: what a person is writing stays theirs when Streamlit draws the page, and its place in it, anew.
let table = null;

export default function (component) {
  const { data, parentElement, setStateValue, setTriggerValue } = component;
  table ??= new Table();
  if (table.root.parentNode !== parentElement) table.moveTo(parentElement);
  table.update(data, setStateValue);
  const tell = (detail) => document.dispatchEvent(new CustomEvent("fou-del", { detail }));
  tell({ ask: setTriggerValue, version: data.version, looks: data.looks });
  return () => tell(null);
}
