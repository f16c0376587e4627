/** What can be made of a report. */
export const REPORT_FORMATS = ['html', 'csv', 'json'] as const;

/** What can be made of a report. */
export type ReportFormat = (typeof REPORT_FORMATS)[number];
