// The SPARQL editor: the page's own form, its text area replaced by Yasqe. It completes the classes, properties and
// prefixes that the dataset has, and shows what came of a query without leaving the page.
//
//     form + /api/v1/terms  ->  editor;  query  ->  POST to the form's address  ->  the results of the page that returns

import Yasqe from "@zazuko/yasqe";
import "@zazuko/yasqe/build/yasqe.min.css";

const MOST = 60; // suggestions at once

const form = document.querySelector("form[data-editor]");
const area = form.querySelector("textarea");
const label = form.querySelector("label[for=query]");
let known;

// The prefixes, classes and properties, fetched when they are first wanted.
function terms() {
  known ??= fetch(form.dataset.terms, { headers: { accept: "application/json" } })
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.statusText))))
    .catch(() => {
      known = undefined;
      return { prefixes: {}, classes: [], properties: [] };
    });
  return known;
}

// Completes IRIs of one kind, by their beginning or by a word of their label; the label stands beside each.
function completer(base, kind, counted) {
  const shown = new Map();
  return {
    ...base,
    bulk: false,
    autoShow: false,
    get: async (_, token) => {
      const begun = (token?.autocompletionString ?? "").trim();
      const found = (await terms())[kind];
      const word = begun.toLowerCase();
      const fits = found.filter(({ iri }) => iri.startsWith(begun));
      const others = token?.tokenPrefixUri || word.length < 2
        ? []
        : found.filter((one) => !fits.includes(one) && one.label.toLowerCase().includes(word));
      for (const one of found) shown.set(one.iri, `${one.label} (${one.number.toLocaleString("en-GB")} ${counted})`);
      return [...fits, ...others].slice(0, MOST).map(({ iri }) => iri);
    },
    postProcessSuggestion: (yasqe, token, iri) => {
      const written = Object.entries(yasqe.getPrefixesFromQuery()).find(([, space]) => iri.startsWith(space) && /^[\w-]+$/.test(iri.slice(space.length)));
      const text = written ? `${written[0]}:${iri.slice(written[1].length)}` : `<${iri}>`;
      shown.set(text, shown.get(iri));
      return text;
    },
    postprocessHints: (_, hints) => hints.map((hint) => ({ ...hint, displayText: `${hint.text}   ${shown.get(hint.text) ?? ""}` })),
  };
}

function register() {
  const of = Object.fromEntries(["class", "property", "prefixes"].map((name) => [name, Yasqe.Autocompleters?.[name]]));
  Yasqe.registerAutocompleter(completer(of.class, "classes", "things"), true);
  Yasqe.registerAutocompleter(completer(of.property, "properties", "triples"), true);
  Yasqe.registerAutocompleter({
    ...of.prefixes,
    bulk: true,
    persistenceId: null,
    get: async () => Object.entries((await terms()).prefixes).map(([name, space]) => `${name}: <${space}>`),
  }, true);
}

function begin() {
  register();
  const holder = document.createElement("div");
  area.before(holder);
  const yasqe = new Yasqe(holder, {
    value: area.value,
    persistenceId: null,
    consumeShareLink: null,
    createShareableLink: null,
    showQueryButton: false,
    resizeable: false,
    editorHeight: "22rem",
    lineNumbers: true,
    tabindex: 0,
    screenReaderLabel: "Query, in SPARQL. Control and space completes, Control and Enter runs, Escape leaves the field.",
    extraKeys: { Tab: false, "Shift-Tab": false, "Ctrl-Enter": run, "Cmd-Enter": run, "Ctrl-Space": (editor) => editor.autocomplete(), Esc: (editor) => editor.getInputField().blur() },
  });
  area.hidden = true;
  label.addEventListener("click", (event) => {
    event.preventDefault();
    yasqe.focus();
  });
  yasqe.on("change", () => { area.value = yasqe.getValue(); });
  mark(yasqe, document.querySelector("#problem[data-line]"));

  form.addEventListener("submit", (event) => {
    area.value = yasqe.getValue();
    if (event.submitter?.hasAttribute("formaction")) return; // a download: the browser does that
    event.preventDefault();
    run();
  });

  let under = 0;
  async function run() {
    const mine = ++under;
    area.value = yasqe.getValue();
    form.classList.add("busy");
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        headers: { accept: "text/html" },
        body: new URLSearchParams(new FormData(form)),
      });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine === under) show(yasqe, page);
    } catch {
      if (mine === under) form.submit(); // whatever it was, the browser will tell it
    } finally {
      if (mine === under) form.classList.remove("busy");
    }
  }
}

// Puts what a page came to in the place of what this one shows.
function show(yasqe, page) {
  document.querySelector("#problem")?.remove();
  const problem = page.querySelector("#problem");
  if (problem) document.querySelector(".asking").before(problem);
  for (const part of ["#results", ".take"]) {
    const come = page.querySelector(part);
    if (come) document.querySelector(part).replaceWith(come);
  }
  mark(yasqe, problem);
  document.querySelector(problem ? "#problem" : "#came").focus();
}

// Shows the place that an error names.
function mark(yasqe, problem) {
  if (!problem?.dataset.line) return;
  yasqe.getDoc().setCursor({ line: Number(problem.dataset.line) - 1, ch: Number(problem.dataset.column) - 1 });
}

begin();
