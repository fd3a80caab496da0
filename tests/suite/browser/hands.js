// What a person finds on a page: by its visible words, or by what a screen reader says of it.
(() => {
  const norm = (text) => (text || "").replace(/\s+/g, " ").trim();
  const shown = (e) => e.checkVisibility({ visibilityProperty: true });
  const name = (e) => norm(e.getAttribute("aria-label") || e.textContent);
  const depth = (e, scope) => {
    let steps = 0;
    for (let at = e.parentElement; at && at !== document.body; at = at.parentElement) {
      steps += 1;
      const inner = norm(at.textContent) + " " + norm(at.getAttribute("aria-label"));
      if (inner.includes(scope)) return steps;
    }
    return Infinity;
  };
  const nearest = (all, scope) => {
    if (!scope || all.length === 0) return all;
    const far = all.map((e) => depth(e, scope));
    const least = Math.min(...far);
    return all.filter((_, at) => far[at] === least && least < Infinity);
  };
  const visible = (e) => norm(e.innerText);
  const controls = (words) => {
    const all = [...document.querySelectorAll("a[href], button, summary")].filter((e) => shown(e) && e.tabIndex >= 0);
    const exact = all.filter((e) => name(e) === words || visible(e) === words);
    return exact.length > 0 ? exact : all.filter((e) => name(e).startsWith(words) || name(e).endsWith(words));
  };
  const fields = (words) => {
    const labels = [...document.querySelectorAll("label")].filter((e) => shown(e) && norm(e.textContent) === words);
    return labels.map((e) => e.control).filter((e) => e && (shown(e) || e.type === "file"));
  };
  // One thing, marked so that it can be found again; or what was found instead, as text.
  const mark = (all, words, scope) => {
    const found = nearest(all, scope);
    document.querySelectorAll("[data-sought]").forEach((e) => delete e.dataset.sought);
    const places = new Set(found.map((e) => e.href || Math.random()));
    if (found.length === 0 || places.size > 1) return `${found.length} of «${words}»`;
    found[0].dataset.sought = "yes";
    return "";
  };
  const sought = () => document.querySelector("[data-sought]");
  return {
    control: (words, scope) => mark(controls(words), words, scope),
    field: (words, scope) => mark(fields(words), words, scope),
    // Where its middle is, once it is in sight.
    middle: () => {
      const e = sought();
      e.scrollIntoView({ block: "center", behavior: "instant" });
      const target = e.matches("input[type=checkbox], input[type=radio]") && e.labels.length > 0 ? e.labels[0] : e;
      const box = [...target.getClientRects()].find((part) => part.width > 0) || target.getBoundingClientRect();
      return [box.left + box.width / 2, box.top + box.height / 2];
    },
    kind: () => sought().type || sought().localName,
    focus: () => {
      sought().focus();
      if (sought().select) sought().select();
    },
    set: (value) => {
      const e = sought();
      e.value = value;
      for (const what of ["input", "change"]) e.dispatchEvent(new Event(what, { bubbles: true }));
    },
    pick: (words) => {
      const e = sought();
      // "Arbeider i: NAV" is NAV under the heading "Arbeider i".
      const own = (o) => norm(o.textContent).replace(/^(– )+/, "");
      const same = (o) => own(o) === words || `${o.parentElement.label}: ${own(o)}` === words;
      const option = [...e.options].filter(same);
      if (option.length !== 1) return `${option.length} of «${words}» among ${[...e.options].map((o) => norm(o.textContent))}`;
      e.value = option[0].value;
      for (const what of ["input", "change"]) e.dispatchEvent(new Event(what, { bubbles: true }));
      return "";
    },
    text: () => norm(document.body.innerText),
    // What is said in the page's own language; letters and replies are in their own.
    said: () => {
      const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const own = document.documentElement.lang;
      let all = "";
      while (walk.nextNode()) {
        const e = walk.currentNode.parentElement;
        if (e.closest("[lang]").lang === own && shown(e)) all += " " + walk.currentNode.data;
      }
      return norm(all);
    },
    lines: () => document.body.innerText.split("\n").map(norm).filter(Boolean),
    // Words of headings, titles and names that are parted or clipped; longer ones are for the browser's own dictionary.
    cut: () => {
      const found = [];
      for (const e of document.querySelectorAll("h1, h2, .entries .title, .matrix tbody th a")) {
        if (!shown(e)) continue;
        e.style.hyphens = "manual";
        const nodes = document.createTreeWalker(e, NodeFilter.SHOW_TEXT);
        while (nodes.nextNode()) {
          for (const word of nodes.currentNode.data.matchAll(/[\p{L}\p{N}]+/gu)) {
            const range = document.createRange();
            range.setStart(nodes.currentNode, word.index);
            range.setEnd(nodes.currentNode, word.index + word[0].length);
            const lines = new Set([...range.getClientRects()].map((line) => line.top));
            if (lines.size > 1 && word[0].length < 20) found.push(word[0]);
          }
        }
        e.style.hyphens = "";
        const cell = e.closest("th");
        if (cell && getComputedStyle(cell).overflowX !== "visible" && cell.scrollWidth > cell.clientWidth) found.push(norm(e.textContent));
      }
      return found.join(", ");
    },
    overhang: () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  };
})()
