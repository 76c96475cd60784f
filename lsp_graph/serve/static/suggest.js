// Suggestions while one types: the names that /api/v1/search finds, in a list that the browser offers itself.
// Without this the fields still search. `data-kinds` says of which kinds the names are to be, separated by spaces.
function offer(field, number) {
  const list = document.createElement("datalist");
  list.id = `suggestions-${number}`;
  field.after(list);
  field.setAttribute("list", list.id);
  const kinds = (field.dataset.kinds || "").split(" ").filter(Boolean);
  let waiting;
  let latest = 0;

  const suggest = async () => {
    const text = field.value.trim();
    const mine = ++latest;
    if (text.length < 2) {
      list.replaceChildren();
      return;
    }
    const query = new URLSearchParams({ q: text, limit: "8" });
    for (const kind of kinds) query.append("kind", kind);
    if (field.dataset.world) query.set("world", field.dataset.world);
    try {
      const answer = await fetch(`${field.dataset.suggest}?${query}`, { headers: { accept: "application/json" } });
      if (!answer.ok || mine !== latest) return;
      const found = await answer.json();
      if (mine !== latest) return;
      const names = new Map(found.hits.map((hit) => [hit.label, hit.kind]));
      list.replaceChildren(...[...names].map(([label, kind]) => {
        const option = document.createElement("option");
        option.value = label;
        option.label = `${label} (${kind})`;
        return option;
      }));
    } catch {
      list.replaceChildren(); // the field still searches
    }
  };

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(suggest, 150);
  });
}

if ("fetch" in window) document.querySelectorAll("input[data-suggest]").forEach(offer);
