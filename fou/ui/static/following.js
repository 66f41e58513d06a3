// A page that follows what others do (fou/ui/following.py): asks the server again and again which version there is,
// and asks Streamlit for what is new when that is another than the one that was drawn here.

const BETWEEN = 100; // ms from an answer to the next question; the server holds its answer while nothing is new
const AGAIN = 1000; // ms when it does not answer
const PATIENCE = 3000; // ms before what was asked for and has not come is asked for again; doubled each time
const LONGEST = 24000;
const CALM = 300; // ms after a run before anything is asked for: another may follow at once on what somebody did
const LOST = 10000; // ms before a question that nobody answers is put again

let page = null; // how to ask for the whole page, while one that follows is shown
let part = null; // how to ask for the part of it that can be asked for alone, while there is one
let drawn = null; // the version that was drawn here, and how the page looks beside its part
let looks = null;
let told = null; // the version that the part told last: it does not tell the same twice
let asked = null; // when something was asked for that has not come
let since = null; // when a run was first seen under way while something was to be asked for
let patience = PATIENCE;
let whole = false; // the part does not suffice
let turned = 0; // when a run last began or ended
let seen = null; // the version that the server told last
let following = false;

const settled = () => {
  asked = null;
  since = null;
  patience = PATIENCE;
  whole = false;
};

const hasDrawn = (version) => {
  if (drawn !== version) settled();
  drawn = version;
};

const follow = async () => {
  if (following) return;
  following = true;
  try {
    // Nobody looks at a page that is hidden; it asks when it is shown again.
    while (page && document.visibilityState === "visible") {
      const was = drawn;
      const found = await version();
      // An answer to what was drawn before is no news of what is drawn now.
      if (page && found && was === drawn) {
        if (found === drawn) settled();
        else ask(found);
      }
      await new Promise((done) => setTimeout(done, found ? BETWEEN : AGAIN));
    }
  } finally {
    following = false;
  }
};

const ask = (found) => {
  const app = document.querySelector("[data-test-script-state]")?.dataset ?? {};
  if (app.testConnectionState !== "CONNECTED") return;
  const now = performance.now();
  // A run under way may bring it. One that never ends has lost its end on the way.
  const running = app.testScriptState !== "notRunning";
  since = running ? since ?? now : null;
  if (running ? now < since + patience : now < turned + CALM) return;
  if (asked !== null) {
    if (now < asked + patience) return;
    patience = Math.min(2 * patience, LONGEST);
    whole = true;
  }
  asked = now;
  since = null;
  (whole || !part || told === found ? page : part)("news", found);
};

const version = async () => {
  // What has been asked for and is on its way is not asked about again and again.
  seen = asked === null ? drawn : seen;
  try {
    const answer = await fetch(new URL(`./fou/version?seen=${seen ?? ""}`, document.baseURI), {
      cache: "no-store",
      signal: AbortSignal.timeout(LOST),
    });
    const text = answer.ok ? await answer.text() : "";
    // Something between us and the server may answer with a page of its own.
    if (!/^[0-9a-f]{16}$/.test(text)) return null;
    seen = text;
    return seen;
  } catch {
    return null; // the connection is gone: Streamlit says so, and we go on asking
  }
};

document.addEventListener("visibilitychange", follow);

new MutationObserver(() => {
  turned = performance.now();
}).observe(document.documentElement, { subtree: true, attributeFilter: ["data-test-script-state"] });

// A part that can be asked for alone tells when it is drawn, and (null) when it is gone.
document.addEventListener("fou-del", ({ detail }) => {
  part = detail?.ask ?? null;
  told = detail?.version ?? null;
  if (!detail) {
    asked = null;
  } else if (drawn !== null && detail.looks === looks) {
    hasDrawn(detail.version);
  } else if (drawn !== null && !whole) {
    whole = true;
    asked = null;
  }
});

export default function ({ data, setTriggerValue }) {
  page = setTriggerValue;
  looks = data.looks;
  settled();
  hasDrawn(data.version);
  follow();
  return () => {
    if (page === setTriggerValue) page = null;
  };
}
