// Loads what is too large for every page when it is asked for.
//
// <div class="explore" data-explore="/api/v1/…/series?…" data-platform="the only one that is shown"
//   data-time="Time" data-modrinth="Modrinth" data-curseforge="CurseForge" data-failed="…">
//   <button type="button" class="button">Explore</button> <p role="status"></p>
//   <div class="view" hidden tabindex="0" role="application" aria-label="…"><p class="how">…</p><div class="canvas"></div></div>
// </div>

async function open(place, button) {
  const status = place.querySelector("[role=status]");
  button.disabled = true;
  place.ariaBusy = "true";
  try {
    const { explore } = await import("./explore.js");
    await explore(place);
    button.remove();
    status.remove();
  } catch {
    button.disabled = false;
    status.textContent = place.dataset.failed;
  }
  place.ariaBusy = "false";
}

for (const place of document.querySelectorAll("[data-explore]")) {
  const button = place.querySelector("button");
  button.addEventListener("click", () => open(place, button));
}
