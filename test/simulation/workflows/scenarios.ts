import { join } from 'node:path';
import { loadValidWorkflow } from '#cli/load.ts';
import { loadFleet } from '#cli/load-fleet.ts';
import { compileLoaded } from '#cli/rehearsal/scenario.ts';
import type { Json } from '#core/json.ts';
import type { Answers } from '#definition/rehearsal/answers.ts';
import { STANDARD_FAULTS } from '#rehearsal/faults.ts';
import type { Rehearsed } from '#rehearsal/rehearse.ts';
import { recordingTerminal } from '#support/recording-terminal.ts';

const WORKFLOWS = join(import.meta.dirname, '../../../workflows');

/** Workflows of the project as they are rehearsed under the standard mix: simple, saga, rollouts, waits, locks, calls. */
export function standardScenarios(): readonly (readonly [name: string, rehearsed: Rehearsed])[] {
  const rollout = { release: '2.1.0', site: 'berlin' };
  return [
    scenario('parcel-handover', 'plant', { order: 'A-7', cents: 450, locker: 'locker-1' }),
    scenario('parcel-handover', 'plant', { order: 'A-7', cents: 450, locker: 'locker-jammed' }),
    scenario('install-packages', 'plant', {
      ...{ gateway: 'gateway-1', settings: 'https://plant.example/settings.json', packages: ['kernel'] },
    }),
    scenario('access-request', 'plant', { cabinet: 'cabinet-1', technician: 'bob' }),
    scenario('weather-guard', 'plant', { service: 'https://weather.example', awning: 'awning-1' }, [
      { http: [{ url: '*/forecast', body: { gusts: 75 } }] },
    ]),
    scenario('charging-session', 'plant', { station: 'station-1', kwh: 10 }, [
      {
        events: [
          { name: 'vehicle.connected', data: { device: 'station-1', vehicle: 'B-SW 1' } },
          { name: 'vehicle.left', data: { device: 'station-1' } },
        ],
      },
    ]),
    scenario('dependency-outcomes', 'plant', {}),
    scenario('ring-rollout', 'plant', { release: '2.0.0', site: 'plant', dryRun: false }),
    scenario('backup-plant', 'plant', {}),
    scenario('firmware-rollout', 'berlin', rollout),
  ];
}

function scenario(
  name: string,
  fleet: string,
  input: Json,
  answers: readonly Answers[] = [],
): readonly [string, Rehearsed] {
  const terminal = recordingTerminal();
  const loaded = loadValidWorkflow(join(WORKFLOWS, `${name}.yaml`), terminal);
  return [
    name,
    {
      workflows: compileLoaded(loaded),
      catalogue: loaded.project.catalogue,
      fleet: loadFleet(join(WORKFLOWS, 'fleets', `${fleet}.yaml`), terminal),
      ...{ input, faults: STANDARD_FAULTS, injections: [], answers },
    },
  ];
}
