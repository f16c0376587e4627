const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/**
 * The time that a text names in the profile of ISO 8601 that States Language takes (RFC 3339, with a capital T and Z), in ms
 * since the epoch, fractions of them included. Undefined for any other text, and for times that do not exist.
 */
export function parseTimestamp(text: string): number | undefined {
  const [, year, month, day, , , , fraction = ''] = RFC_3339.exec(text) ?? [];
  if (year === undefined) return undefined;
  const whole = Date.parse(text.replace(/\.\d+/, ''));
  if (Number.isNaN(whole)) return undefined;
  // Date.parse takes the 31st of February for a day in March.
  const lastDay = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  return Number(day) > lastDay ? undefined : whole + Number(`0.${fraction || '0'}`) * 1_000;
}
