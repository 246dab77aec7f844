/** Times as the person who looks reads them, in that person's own zone. */

import { tz } from "./state.js";

const formats = new Map();

function format(key, options) {
  const zone = tz();
  const name = `${zone} ${key}`;
  if (!formats.has(name)) formats.set(name, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }));
  return formats.get(name);
}

const moment = (ts) => new Date(Number(ts) * 1000);

export const clock = (ts) => format("clock", { hour: "2-digit", minute: "2-digit" }).format(moment(ts));

const days = new Map();

/** The day of a message; asked for each message at each drawing, so it is remembered. */
export function day(ts) {
  const key = `${tz()} ${ts}`;
  if (!days.has(key)) days.set(key, format("day", { weekday: "long", day: "numeric", month: "long" }).format(moment(ts)));
  return days.get(key);
}

export const full = (ts) => format("full", { dateStyle: "full", timeStyle: "long" }).format(moment(ts));

export const clockIn = (zone) =>
  new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" }).format(new Date());

export const published = (iso) =>
  iso ? (iso.length > 10 ? format("published", { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso)) : iso) : "undated";

export const instant = (iso) => format("instant", { dateStyle: "full", timeStyle: "short" }).format(new Date(iso));

/** How far a zone stands from UTC at an instant, in milliseconds. */
function offset(at, zone) {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, hourCycle: "h23",
    year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric",
  }).formatToParts(at);
  const of = (type) => Number(parts.find((part) => part.type === type).value);
  return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second")) - Math.floor(at / 1000) * 1000;
}

/** 09:00 on the day after `iso`, in the person's own zone. */
export function nineTomorrow(iso) {
  const now = new Date(iso).getTime();
  const local = new Date(now + offset(now, tz()));
  const wished = Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate() + 1, 9);
  return new Date(wished - offset(wished - offset(now, tz()), tz())).toISOString();
}

/** Slack's date tokens: {date}, {time} and their kin. */
export function slackDate(seconds, pattern) {
  const at = moment(seconds);
  const kinds = {
    date: { dateStyle: "long" }, date_num: { dateStyle: "short" }, date_short: { dateStyle: "medium" },
    date_long: { dateStyle: "full" }, date_pretty: { dateStyle: "long" }, date_short_pretty: { dateStyle: "medium" },
    date_long_pretty: { dateStyle: "full" }, time: { timeStyle: "short" }, time_secs: { timeStyle: "medium" },
  };
  return pattern.replace(/\{(\w+)\}/g, (all, name) => (kinds[name] ? format(name, kinds[name]).format(at) : all));
}
