import * as z from 'zod';
import { StepwrightError } from '#core/error.ts';
import { describeExecution } from '#executions/describe.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { MonitoringEventSchema } from '#monitoring/events/event.ts';
import { lastEventsOf } from '#monitoring/events/step-events.ts';
import { type TellPorts, tellAll } from '#monitoring/telling/tell.ts';

const DeliverySchema = z.object({ detail: MonitoringEventSchema });
/** So many events are told at once. */
const EVENTS_AT_ONCE = 200;

/** What telling of steps takes. */
export interface TellStepsPorts extends TellPorts, Pick<ExecutionPorts, 'table' | 'engine'> {}

/** Tells how the steps went of an execution that has said its last, as an event of the bus brings it. */
export function createTellSteps(ports: TellStepsPorts): (delivery: unknown) => Promise<void> {
  return async (delivery) => {
    const { execution = '', at } = DeliverySchema.parse(delivery).detail;
    try {
      const view = await describeExecution(ports, execution, { withTaken: true });
      const events = lastEventsOf(view, Date.parse(at));
      for (let from = 0; from < events.length; from += EVENTS_AT_ONCE)
        await tellAll(ports, events.slice(from, from + EVENTS_AT_ONCE));
    } catch (error) {
      // It has been deleted meanwhile.
      if (!(error instanceof StepwrightError && error.kind === 'not-found')) throw error;
    }
  };
}
