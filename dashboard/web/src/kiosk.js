// A screen that everybody walks past shows by itself what is new.
//
// <body data-reload="seconds between two looks">

const { reload } = document.body.dataset;

// Names what the page says now.
async function tag() {
  const reply = await fetch(location.href, { method: "HEAD", cache: "no-store" });
  if (!reply.ok) throw new Error(reply.statusText);
  return reply.headers.get("etag");
}

let shown;

async function look() {
  try {
    const now = await tag();
    if (shown === undefined) shown = now;
    else if (shown !== now) location.reload();
  } catch {
    // An error page would stay for ever. What comes after it is new.
    shown = "";
  }
}

if (reload) {
  look();
  setInterval(look, reload * 1000);
  // A device that slept.
  addEventListener("online", look);
}
