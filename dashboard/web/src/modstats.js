// The entry of every page. Pages are complete without it.
import "./shortcuts.js";
import "./forms.js";
import "./visit.js";
import "./chart.js";
import "./later.js";
import "./kiosk.js";
