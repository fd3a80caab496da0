// Shows how a mailing goes on, and what is being counted, as long as somebody looks. The page is whole without it: a link
// shows the newest.
(() => {
  "use strict";
  const part = document.getElementById("lively");
  if (!part) return;
  const look = async () => {
    if (document.visibilityState === "hidden") return;
    try {
      const answer = await fetch(location.href);
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const newest = page.getElementById("lively");
      if (!newest) {
        clearInterval(looking);
        location.reload();
      } else if (newest.innerHTML !== part.innerHTML) {
        part.replaceChildren(...newest.childNodes);
      }
    } catch {
      // Next time.
    }
  };
  const looking = setInterval(look, 3000);
})();
