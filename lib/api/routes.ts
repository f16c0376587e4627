import type { Route } from './route.ts';
import { ALERT_GROUP_ROUTES } from './routes/alert-groups.ts';
import { ALERT_HISTORY_ROUTES } from './routes/alert-history.ts';
import { ALERT_ROUTES } from './routes/alerts.ts';
import { APPROVAL_ROUTES } from './routes/approvals.ts';
import { DECISION_ROUTES } from './routes/decisions.ts';
import { DEVICE_ROUTES } from './routes/devices.ts';
import { EVENT_ROUTES } from './routes/events.ts';
import { EXECUTION_ROUTES } from './routes/executions.ts';
import { FIGURE_ROUTES } from './routes/figures.ts';
import { GROUP_ROUTES } from './routes/groups.ts';
import { LOG_ROUTES } from './routes/log.ts';
import { MADE_REPORT_ROUTES } from './routes/made-reports.ts';
import { MAILBOX_ROUTES } from './routes/mailboxes.ts';
import { NOTIFICATION_ROUTES } from './routes/notifications.ts';
import { OPERATION_ROUTES } from './routes/operations.ts';
import { POOL_ROUTES } from './routes/pools.ts';
import { RECEIVER_ROUTES } from './routes/receivers.ts';
import { REPORT_ROUTES } from './routes/reports.ts';
import { SERVICE_ROUTES } from './routes/service.ts';
import { SIGNAL_ROUTES } from './routes/signals.ts';
import { SILENCE_ROUTES } from './routes/silences.ts';
import { TEMPLATE_ROUTES } from './routes/templates.ts';
import { TRIAL_ROUTES } from './routes/trials.ts';
import { UNDO_DRILL_ROUTES } from './routes/undo-drills.ts';
import { VERSION_ROUTES } from './routes/versions.ts';
import { WORKFLOW_ROUTES } from './routes/workflows.ts';

/** Every route of the API. */
export const ROUTES: readonly Route[] = [
  ...WORKFLOW_ROUTES,
  ...VERSION_ROUTES,
  ...UNDO_DRILL_ROUTES,
  ...TEMPLATE_ROUTES,
  ...DECISION_ROUTES,
  ...TRIAL_ROUTES,
  ...LOG_ROUTES,
  ...EXECUTION_ROUTES,
  ...OPERATION_ROUTES,
  ...SIGNAL_ROUTES,
  ...APPROVAL_ROUTES,
  ...GROUP_ROUTES,
  ...NOTIFICATION_ROUTES,
  ...RECEIVER_ROUTES,
  ...POOL_ROUTES,
  ...DEVICE_ROUTES,
  ...MAILBOX_ROUTES,
  ...ALERT_ROUTES,
  ...ALERT_HISTORY_ROUTES,
  ...SILENCE_ROUTES,
  ...ALERT_GROUP_ROUTES,
  ...FIGURE_ROUTES,
  ...REPORT_ROUTES,
  ...MADE_REPORT_ROUTES,
  ...EVENT_ROUTES,
  ...SERVICE_ROUTES,
];
