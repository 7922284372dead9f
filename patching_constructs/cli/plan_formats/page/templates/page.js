"use strict";
(() => {
  const data = JSON.parse(document.getElementById("journeys").textContent);
  const MINUTE = 60000;
  const DAY = 1440;

  // --- words; the same as in words.py ---

  const formats = new Map();

  function partsOf(minutes, zone) {
    if (!formats.has(zone)) {
      const options = {
        weekday: "short", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
        hourCycle: "h23",
      };
      let format;
      try {
        format = new Intl.DateTimeFormat("en-US", { ...options, timeZone: zone });
      } catch {
        format = new Intl.DateTimeFormat("en-US", { ...options, timeZone: "UTC" });
      }
      formats.set(zone, format);
    }
    const parts = {};
    for (const { type, value } of formats.get(zone).formatToParts(minutes * MINUTE)) {
      parts[type] = value;
    }
    return {
      date: `${parts.year}-${parts.month}-${parts.day}`,
      clock: `${parts.hour}:${parts.minute}`,
      weekday: parts.weekday,
    };
  }

  function moment(minutes, zone) {
    const here = partsOf(minutes, zone);
    const said = `${here.weekday} ${here.date} ${here.clock}`;
    if (zone === "UTC") {
      return `${said}\u00a0UTC`;
    }
    const utc = partsOf(minutes, "UTC");
    return here.date === utc.date
      ? `${said} ${zone} (${utc.clock}\u00a0UTC)`
      : `${said} ${zone} (${utc.weekday} ${utc.date} ${utc.clock}\u00a0UTC)`;
  }

  function length(minutes) {
    const all = Math.abs(minutes);
    const parts = [[Math.floor(all / DAY), "day"], [Math.floor(all / 60) % 24, "hour"], [all % 60, "minute"]];
    const said = parts.filter(([count]) => count > 0)
      .map(([count, unit]) => `${count} ${unit}${count === 1 ? "" : "s"}`);
    return said.slice(0, 2).join(" ") || "0 minutes";
  }

  // --- a patch on its way; the same as in travel.py ---

  function stepAt(steps, published) {
    let low = 0;
    let high = steps.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (steps[middle][0] <= published) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    const [, starts, closes, superseded] = steps[Math.max(low - 1, 0)];
    return { starts, closes, superseded };
  }

  function leadOf(number, steps) {
    const mine = data.rings[number];
    if (mine.order === null) {
      return ["in no ring", false];
    }
    const before = [...steps.keys()].filter((other) => {
      const ring = data.rings[other];
      return ring.order !== null && ring.rollout === mine.rollout && ring.order < mine.order;
    });
    if (before.length === 0) {
      return ["first ring", false];
    }
    const nearest = Math.max(...before.map((other) => data.rings[other].order));
    const earlier = before.filter((other) => data.rings[other].order === nearest);
    const names = earlier.map((other) => data.rings[other].name).join(" and ");
    const start = steps.get(number).starts;
    if (start === null) {
      return ["", false];
    }
    const known = earlier.map((other) => steps.get(other).starts).filter((each) => each !== null);
    if (known.length < earlier.length) {
      return [`${names} never installs it`, true];
    }
    const difference = start - Math.max(...known);
    if (difference === 0) {
      return [`at the same time as ${names}`, false];
    }
    return [`${length(difference)} ${difference < 0 ? "before" : "after"} ${names}`, difference < 0];
  }

  function approvedAt(days, published, zone) {
    if (days.length === 0) {
      return "by an approval date";
    }
    if (days[days.length - 1] === 0) {
      return "at once";
    }
    const first = moment(published + days[0] * DAY, zone);
    const last = moment(published + days[days.length - 1] * DAY, zone);
    return first === last ? first : `${first} to ${last}`;
  }

  function startsOf(step, zone) {
    if (step.starts === null) {
      return step.superseded === null ? "never" : "never, its successor is";
    }
    return moment(step.starts, zone);
  }

  function noteOf(step, zone) {
    if (step.superseded === null) {
      return "";
    }
    const whom = step.starts === null ? "any node has" : "all nodes have";
    return `Superseded ${moment(step.superseded, zone)}, before ${whom} it.`;
  }

  function verdictOf(ahead, missing, time) {
    if (ahead.length > 0) {
      return `Out of order: ${ahead.join(" and ")} before the ring that should be first.`;
    }
    if (missing.length > 0) {
      return `Never installed on all nodes of ${missing.join(" and ")}.`;
    }
    return `In order. Installed everywhere ${length(time)} after publication.`;
  }

  function follow(patches, published) {
    const steps = new Map();
    for (const ring of data.rings.keys()) {
      const journey = patches.journeys[ring];
      if (journey !== undefined) {
        steps.set(ring, stepAt(journey.steps, published));
      }
    }
    const ends = [...steps.values()].map(({ starts, closes }) => closes ?? starts).filter((end) => end !== null);
    const end = ends.length > 0 ? Math.max(...ends) : published + DAY;
    const ahead = [];
    const missing = [];
    for (const row of document.querySelectorAll("[data-stop]")) {
      const number = Number(row.dataset.stop);
      const step = steps.get(number);
      row.hidden = step === undefined;
      if (step === undefined) {
        continue;
      }
      const ring = data.rings[number];
      const { days } = patches.journeys[number];
      const [lead, early] = leadOf(number, steps);
      if (early) {
        ahead.push(ring.name);
      }
      if (step.closes === null) {
        missing.push(ring.name);
      }
      row.classList.toggle("bad", early);
      const cells = {
        approved: approvedAt(days, published, ring.zone),
        starts: startsOf(step, ring.zone),
        closes: step.closes === null ? "never on all nodes" : moment(step.closes, ring.zone),
        lead,
        note: noteOf(step, ring.zone),
      };
      for (const cell of row.querySelectorAll("[data-cell]")) {
        cell.textContent = cells[cell.dataset.cell];
      }
      const starts = step.starts ?? end;
      const approved = published + (days.length > 0 ? days[days.length - 1] * DAY : 0);
      const points = [published, Math.min(approved, starts), starts, step.closes ?? end]
        .map((point) => Math.min(Math.max((point - published) / (end - published), 0), 1) * 100);
      row.querySelectorAll(".track rect").forEach((bar, index) => {
        bar.setAttribute("x", `${points[index].toFixed(2)}%`);
        bar.setAttribute("width", `${(points[index + 1] - points[index]).toFixed(2)}%`);
      });
    }
    let state = "good";
    if (ahead.length > 0) {
      state = "bad";
    } else if (missing.length > 0) {
      state = "warn";
    }
    say(verdictOf(ahead, missing, end - published), state);
  }

  function say(text, state) {
    const travel = document.getElementById("travel");
    travel.textContent = text;
    travel.className = `travel ${state}`;
  }

  function startPicker() {
    const picker = document.getElementById("picker");
    if (picker === null) {
      return;
    }
    const date = document.getElementById("date");
    const time = document.getElementById("time");
    const choice = document.getElementById("class");
    const picked = () => Date.parse(`${date.value}T${time.value || "00:00"}Z`) / MINUTE;
    const show = () => {
      const published = picked();
      if (Number.isNaN(published)) {
        return;
      }
      if (published < data.from || published >= data.until) {
        say("This moment is outside of the plan.", "warn");
        for (const row of document.querySelectorAll("[data-stop]")) {
          row.hidden = true;
        }
        return;
      }
      follow(data.classes[Number(choice.value)], published);
    };
    const pick = (minutes) => {
      const { date: day, clock } = partsOf(minutes, "UTC");
      date.value = day;
      time.value = clock;
      show();
    };
    picker.addEventListener("input", show);
    picker.addEventListener("submit", (event) => event.preventDefault());
    document.getElementById("today").addEventListener("click", () => pick(data.published));
    const release = document.getElementById("release");
    release.hidden = data.releases.length === 0;
    release.addEventListener("click", () => {
      const now = picked();
      pick(data.releases.find((each) => !(each <= now)) ?? data.releases[0]);
    });
  }

  // --- calendar: one stop of the Tab key, arrow keys inside, details next to the mark ---

  function startCalendar() {
    const days = document.getElementById("days");
    const tip = document.getElementById("tip");
    const marks = [...days.querySelectorAll("button.chip")];
    let shown = null;

    const hide = () => {
      tip.hidden = true;
      shown?.classList.remove("shown");
      shown = null;
    };
    const show = (mark) => {
      shown?.classList.remove("shown");
      shown = mark;
      mark.classList.add("shown");
      tip.replaceChildren(...mark.getAttribute("aria-label").split(" · ").map((line) => {
        const paragraph = document.createElement("p");
        paragraph.textContent = line;
        return paragraph;
      }));
      tip.hidden = false;
      const place = mark.getBoundingClientRect();
      const room = document.documentElement.clientWidth;
      const left = Math.min(Math.max(place.left - 20, 8), room - tip.offsetWidth - 8);
      tip.style.left = `${left + window.scrollX}px`;
      // No gap: a pointer can go from the mark to the details.
      const above = place.top - tip.offsetHeight + 1;
      tip.style.top = `${(above > 0 ? above : place.bottom - 1) + window.scrollY}px`;
    };
    const visible = () => marks.filter((mark) => !mark.hidden && mark.offsetParent !== null);
    const enter = (mark) => {
      for (const other of marks) {
        other.tabIndex = other === mark ? 0 : -1;
      }
    };
    const step = (mark, by) => {
      const all = visible();
      const next = all[all.indexOf(mark) + by];
      if (next !== undefined) {
        enter(next);
        next.focus();
      }
    };

    tip.setAttribute("aria-hidden", "true");
    document.body.append(tip);
    if (marks.length > 0) {
      enter(marks[0]);
    }
    const markOf = (event) => event.target.closest("button.chip");
    days.addEventListener("focusin", (event) => {
      const mark = markOf(event);
      if (mark !== null) {
        enter(mark);
        show(mark);
      }
    });
    days.addEventListener("focusout", hide);
    days.addEventListener("click", (event) => {
      const mark = markOf(event);
      if (mark !== null) {
        show(mark);
      }
    });
    // A finger that is lifted is out at once, so that pointing counts for a mouse alone.
    days.addEventListener("pointerover", (event) => {
      const mark = markOf(event);
      if (mark !== null && event.pointerType === "mouse") {
        show(mark);
      }
    });
    days.addEventListener("pointerout", (event) => {
      if (markOf(event) !== null && event.pointerType === "mouse" && !tip.contains(event.relatedTarget)) {
        hide();
      }
    });
    tip.addEventListener("mouseleave", hide);
    days.addEventListener("keydown", (event) => {
      const mark = markOf(event);
      const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (mark !== null && by !== undefined) {
        event.preventDefault();
        step(mark, by);
      }
    });
    document.addEventListener("pointerdown", (event) => {
      if (shown !== null && markOf(event) === null && !tip.contains(event.target)) {
        hide();
      }
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && shown !== null) {
        hide();
      }
    });

    const filter = () => {
      const rings = new Set();
      for (const box of document.querySelectorAll("[data-show-ring]")) {
        if (box.checked) {
          rings.add(box.dataset.showRing);
        }
      }
      const scans = document.querySelector("[data-show-scans]");
      for (const mark of marks) {
        const unwanted = mark.classList.contains("scan") && scans !== null && !scans.checked;
        mark.hidden = !rings.has(mark.dataset.ring) || unwanted;
      }
      const first = visible()[0];
      if (first !== undefined && !visible().some((mark) => mark.tabIndex === 0)) {
        enter(first);
      }
    };
    document.getElementById("calendar").addEventListener("change", filter);
  }

  function startFindings() {
    document.getElementById("findings").addEventListener("change", () => {
      for (const box of document.querySelectorAll("[data-show-level]")) {
        for (const finding of document.querySelectorAll(`#findings [data-level="${box.dataset.showLevel}"]`)) {
          finding.hidden = !box.checked;
        }
      }
    });
  }

  // What is folded would be missing on paper.
  function startPrinting() {
    let folded = [];
    window.addEventListener("beforeprint", () => {
      folded = [...document.querySelectorAll("details:not([open])")];
      for (const each of folded) {
        each.open = true;
      }
    });
    window.addEventListener("afterprint", () => {
      for (const each of folded) {
        each.open = false;
      }
    });
  }

  startPicker();
  startCalendar();
  startFindings();
  startPrinting();
})();
