import type { Waves } from '../block-steps.ts';
import type { CatchClause, Step } from '../model.ts';
import type { Need, Wave } from '../step-parts.ts';

/**
 * What a step says itself, by the keys of the model: without its place, and of the steps inside it only what leads to them
 * (conditions, names of branches, errors that are caught).
 */
export function ownParts(step: Step): Readonly<Record<string, unknown>> {
  const { id: _id, at: _at, kind: _kind, needs, ...rest } = step;
  const caught = 'catch' in rest ? { catch: rest.catch?.map(clauseWords) } : {};
  return { ...rest, ...inside(step), ...caught, needs: needs?.map(needWords) };
}

function inside(step: Step): Readonly<Record<string, unknown>> {
  switch (step.kind) {
    case 'choose':
      return { branches: undefined, choose: step.branches.map((branch) => branch.if ?? 'else') };
    case 'parallel':
      return { branches: undefined, parallel: Object.keys(step.branches) };
    case 'forEach':
      return {
        steps: undefined,
        waves: step.waves && wavesOf(step.waves),
      };
    case 'while':
    case 'lock':
      return { steps: undefined };
    default:
      return {};
  }
}

function wavesOf({ sizes, soakMs, health }: Waves): Readonly<Record<string, unknown>> {
  return { sizes: sizes.map(waveWords).join(', '), soakMs: soakMs === 0 ? undefined : soakMs, health };
}

function waveWords(wave: Wave): string {
  const { tolerate } = wave;
  if (tolerate === undefined) return itemsWords(wave);
  const borne = 'count' in tolerate ? String(tolerate.count) : `${tolerate.percent} %`;
  return `${itemsWords(wave)} (tolerates ${borne})`;
}

function itemsWords(wave: Wave): string {
  if ('rest' in wave) return 'rest';
  if ('where' in wave) return `where ${wave.where}`;
  if ('percent' in wave) return `${wave.percent} %`;
  if ('count' in wave) return String(wave.count);
  const { cover, max } = wave.canary;
  return `${max === undefined ? 'canaries' : `${max} canaries`} over ${cover.join(', ')}`;
}

function clauseWords({ on, steps }: CatchClause): string {
  const errors = on?.join(', ') ?? 'every error';
  return steps.length === 0 ? `${errors}: continue` : errors;
}

function needWords({ step, outcome }: Need): string {
  return outcome === 'succeeded' ? step : `${step}.${outcome}`;
}
