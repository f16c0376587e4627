import type * as z from 'zod';
import { recordDrill, type UndoDrill, undoDrill } from '#executions/undo-drill.ts';
import { instant } from '../documents.ts';
import { defineRoute, type PathParameters, UNREAD } from '../route.ts';
import { UndoDrillBody, UndoDrillDocument } from '../undo-drill-documents.ts';

const DRILL = {
  path: '/v1/workflows/{name}/versions/{version}/drill',
  query: UNREAD,
  answers: { 200: { description: 'What is known of each undo.', schema: UndoDrillDocument } },
} as const;

/** Routes of what drills have proven of the undo of versions. */
export const UNDO_DRILL_ROUTES = [
  defineRoute({
    ...DRILL,
    method: 'GET',
    summary: 'Read which undos of a version a drill has proven',
    body: UNREAD,
    serve: async ({ table }, { params }) => {
      const { name, version } = namesIn(params);
      return { status: 200, document: documentOf(await undoDrill(table, name, version)) };
    },
  }),
  defineRoute({
    ...DRILL,
    method: 'PUT',
    summary: 'Put on record what a drill has found of the undo of a version',
    body: UndoDrillBody,
    serve: async (ports, { params, body }) => {
      return { status: 200, document: documentOf(await recordDrill(ports, namesIn(params), body)) };
    },
  }),
];

function namesIn(params: PathParameters): { readonly name: string; readonly version: string } {
  return { name: params['name'] ?? '', version: params['version'] ?? '' };
}

function documentOf({ drilledAt, steps, ...rest }: UndoDrill): z.input<typeof UndoDrillDocument> {
  const unproven = steps.filter(({ isProven }) => !isProven).length;
  return {
    ...{ ...rest, undos: steps.length, unproven, steps: [...steps] },
    ...(drilledAt === undefined ? {} : { drilledAt: instant(drilledAt) }),
  };
}
