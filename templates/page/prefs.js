// Shows, while one ticks, what the next letter would hold. The page is whole without it: "show what this would give"
// asks the same, and saving shows it too.
(() => {
  "use strict";
  const form = document.querySelector("form[data-preview]");
  const part = document.getElementById("preview");
  const short = document.getElementById("preview-short");
  if (!form || !part || !short) return;
  let waiting;
  let asked = 0;
  const refresh = async () => {
    const mine = ++asked;
    const body = new URLSearchParams(new FormData(form));
    body.set("part", "preview");
    try {
      const answer = await fetch(form.dataset.preview, { method: "POST", body });
      if (!answer.ok || mine !== asked) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const coming = page.getElementById("preview");
      if (!coming || mine !== asked) return;
      part.replaceChildren(...coming.childNodes);
      short.textContent = coming.dataset.short;
      part.dataset.fresh = String(mine);
    } catch {
      // Nobody answers: what stood there stays, and the button asks the same.
    }
  };
  form.addEventListener("change", () => {
    clearTimeout(waiting);
    waiting = setTimeout(refresh, 200);
  });
})();
