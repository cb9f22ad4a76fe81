// Forms say what the address says. A page that a browser kept whole and shows again, back in the
// history, still has in them what was chosen before it was left.

addEventListener("pageshow", ({ persisted }) => {
  if (persisted) for (const form of document.forms) form.reset();
});
