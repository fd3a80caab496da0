// Saves the draft while one writes, shows who would get it, and keeps the structure of what is pasted from Word.
// The page is whole without it: every button saves.
(() => {
  "use strict";
  const form = document.querySelector("form[data-auto]");
  const part = document.getElementById("aside");
  const told = document.getElementById("saved");
  const door = document.getElementById("door");
  const languages = document.querySelector("form.desk-languages");
  if (!form || !part) return;
  let waiting;
  let saving = false;
  let again = false;
  let dirty = false;
  let leaving = false;

  // What the text filled in is shown where nobody is just choosing: what is queued is what the page shows.
  const show = (filled) => {
    for (const id of ["topics-told", "promised"]) {
      const [told, own] = [filled.querySelector(`#${id}`), document.getElementById(id)];
      if (!own.contains(document.activeElement)) own.replaceChildren(...told.childNodes);
    }
    // Whoever is told beside the form to ask the lead finds the button; once it stands there it stays.
    const [ask, place] = [filled.querySelector("#ask-lead"), document.getElementById("ask-lead")];
    if (place && !place.childElementCount) place.replaceChildren(...ask.childNodes);
    // Promises that somebody is filling in stay as they are; whose they may be follows the group.
    const fresh = (id) => filled.ownerDocument.getElementById(id);
    const was = document.getElementById("was");
    if (fresh("was").dataset.of !== was.dataset.of && !was.contains(document.activeElement)) {
      was.dataset.of = fresh("was").dataset.of;
      was.replaceChildren(...fresh("was").childNodes);
    }
    for (const own of form.querySelectorAll("select[data-places]")) {
      if (own.dataset.places === fresh("places").dataset.places || own === document.activeElement) continue;
      const [chosen, kept] = [own.value, own.querySelector("option[data-own]")];
      own.replaceChildren(...fresh("places").cloneNode(true).childNodes);
      // The place that a row had though nobody may choose it stays until somebody chooses another.
      if (kept && ![...own.options].some((option) => option.value === kept.value)) own.append(kept);
      own.value = chosen;
      if (own.selectedIndex < 0) own.value = "";
      own.dataset.places = fresh("places").dataset.places;
    }
    form.className = form.className.replace(/\bkind-\w+/, `kind-${filled.dataset.kind}`);
    for (const [name, text] of [["kind", filled.dataset.kindTold], ["language", filled.dataset.languageTold]]) {
      const first = form.elements[name].options[0];
      if (first && !first.value) first.textContent = text;
    }
    for (const { name, value } of filled.querySelectorAll("input")) {
      const field = form.elements[name];
      if (name !== "about" && name !== "about_suggested" && field && !field.value && field !== document.activeElement) field.value = value;
    }
    if ("someone" in filled.dataset) document.getElementById("audience-error")?.remove();
  };

  // Why it is not saved, as far as the answer tells; what was typed stays in the page, and the next change tries again.
  const tellUnsaved = (answer, page) => {
    dirty = true;
    if (door) door.hidden = answer.status !== 401;
    if (!told) return;
    const problem = page.querySelector(".note.bad");
    if (answer.status === 401) told.textContent = told.dataset.signedOut;
    else if (answer.status === 403 || answer.status === 404) told.textContent = told.dataset.notYours;
    else told.textContent = problem ? problem.textContent : told.dataset.astray;
  };

  const tellSaved = (page, fresh) => {
    part.replaceChildren(...fresh.childNodes);
    part.dataset.fresh = fresh.dataset.saves;
    form.elements.saves.value = fresh.dataset.saves;
    if (!form.action.endsWith(fresh.dataset.base)) {
      form.action = fresh.dataset.base;
      history.replaceState(null, "", fresh.dataset.base);
      // Whoever reads on in another language comes back to the draft.
      if (languages) languages.elements.next.value = fresh.dataset.next;
    }
    if (told) told.textContent = fresh.dataset.saved;
    if (door) door.hidden = true;
    show(page.getElementById("filled"));
  };

  const save = async () => {
    if (saving) {
      again = true;
      return;
    }
    saving = true;
    dirty = false;
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string") body.append(name, value);
    }
    body.set("do", "auto");
    try {
      // The server answers within half a minute, whatever it did: whoever asks again before overtakes themselves.
      const hidden = document.visibilityState === "hidden";
      const answer = await fetch(form.action, { method: "POST", body, keepalive: hidden, signal: AbortSignal.timeout?.(35000) });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("#aside[data-saves]");
      // What leads elsewhere saved nothing, however well it went there.
      if (answer.ok && !answer.redirected && fresh) tellSaved(page, fresh);
      else tellUnsaved(answer, page);
    } catch {
      // Nobody answers: what was typed stays in the page, and the next change tries again.
      dirty = true;
      if (told) told.textContent = told.dataset.unsaved;
    }
    saving = false;
    if (again) {
      again = false;
      save();
    }
  };

  const later = (wait) => {
    dirty = true;
    clearTimeout(waiting);
    waiting = setTimeout(save, wait);
  };
  form.addEventListener("input", (event) => {
    if (event.target.type !== "file" && event.target.name !== "chip" && event.target.name !== "topic_new") later(1500);
  });
  // What was pressed waits for what is just being saved, and says so.
  const settle = async () => {
    if (saving && told) told.textContent = told.dataset.saving;
    while (saving) await new Promise((done) => setTimeout(done, 50));
  };
  form.addEventListener("submit", async (event) => {
    clearTimeout(waiting);
    again = false;
    if (!saving) {
      dirty = false;
      return;
    }
    // What is just being saved is saved first: nobody overtakes themselves.
    event.preventDefault();
    if (leaving) return;
    leaving = true;
    const button = event.submitter;
    await settle();
    leaving = false;
    // What the answer filled in may have brought another button for the same.
    const same = (one) => one.name === button.name && one.value === button.value;
    form.requestSubmit(button && button.form !== form ? [...form.querySelectorAll("button")].find(same) : button);
  });
  languages?.addEventListener("submit", async (event) => {
    if (!dirty && !saving) return;
    event.preventDefault();
    clearTimeout(waiting);
    if (dirty) save();
    await settle();
    if (!dirty) languages.requestSubmit(event.submitter);
  });
  // Whoever leaves it, and whoever comes back from signing in.
  document.addEventListener("visibilitychange", () => {
    if (dirty && !leaving) save();
  });

  form.addEventListener("paste", async (event) => {
    const field = event.target;
    if (!(field instanceof HTMLTextAreaElement) || !("paste" in field.dataset)) return;
    const html = event.clipboardData && event.clipboardData.getData("text/html");
    const plain = event.clipboardData && event.clipboardData.getData("text/plain");
    if (!html) return;
    event.preventDefault();
    let text = plain;
    try {
      const answer = await fetch(form.dataset.pasteAt, { method: "POST", body: new URLSearchParams({ html }) });
      if (answer.ok) text = await answer.text();
    } catch {
      // Then the plain text is what there is.
    }
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    later(300);
  });
})();
