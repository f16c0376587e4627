/** `$distinct`: the first of each that are equal. */
export function distinct(values: unknown): unknown {
  if (!Array.isArray(values) || values.length <= 1) return values;
  const seen = new Map<unknown, unknown>();
  for (const value of values) {
    const key = keyOf(value);
    if (!seen.has(key)) seen.set(key, value);
  }
  return like(values, [...seen.values()]);
}

/** Equal for values that are equal, whatever the order of their fields. */
function keyOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null
    ? JSON.stringify(value, sortedFields)
    : JSON.stringify(value);
}

function sortedFields(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}

type Swaps = (left: unknown, right: unknown) => unknown;

/** `$sort`: stable; `swaps` tells whether two that follow each other are the wrong way round. */
export async function sort(values: unknown, swaps?: unknown): Promise<unknown> {
  if (!Array.isArray(values) || values.length <= 1) return values;
  if (typeof swaps === 'function') return like(values, await mergeSort(values, swaps as Swaps));
  if (!isOfOneType(values)) {
    throw Object.assign(new Error('the argument of $sort must be an array of only strings or only numbers'), {
      code: 'D3070',
      index: 1,
    });
  }
  return like(
    values,
    values.toSorted((left, right) => (left > right ? 1 : left < right ? -1 : 0)),
  );
}

function isOfOneType(values: readonly unknown[]): values is string[] | number[] {
  const [first] = values;
  return (
    (typeof first === 'string' || typeof first === 'number') &&
    values.every((value) => typeof value === typeof first)
  );
}

async function mergeSort(values: readonly unknown[], swaps: Swaps): Promise<readonly unknown[]> {
  if (values.length <= 1) return values;
  const middle = Math.floor(values.length / 2);
  const left = await mergeSort(values.slice(0, middle), swaps);
  const right = await mergeSort(values.slice(middle), swaps);
  const merged: unknown[] = [];
  let [l, r] = [0, 0];
  while (l < left.length && r < right.length) {
    if ((await swaps(left[l], right[r])) === true) merged.push(right[r++]);
    else merged.push(left[l++]);
  }
  return [...merged, ...left.slice(l), ...right.slice(r)];
}

/** `$spread`: an object for each field. */
export function spread(value: unknown): unknown {
  const spreads: unknown[] = [];
  if (!addSpread(value, spreads)) return value;
  // Lists that were put together of others are not marked.
  return Array.isArray(value) && value.length > 0 ? spreads : Object.assign(spreads, { sequence: true });
}

/** False where there is nothing to spread. */
function addSpread(value: unknown, into: unknown[]): boolean {
  if (Array.isArray(value)) {
    for (const entry of value) if (!addSpread(entry, into)) into.push(entry);
    return true;
  }
  if (typeof value !== 'object' || value === null || '_jsonata_lambda' in value) return false;
  for (const [key, field] of Object.entries(value)) {
    into.push(Object.defineProperty({}, key, { value: field, enumerable: true }));
  }
  return true;
}

/** jsonata marks lists that it made itself: a list of one entry is then the entry. */
function like(values: readonly unknown[], list: readonly unknown[]): unknown {
  return 'sequence' in values ? Object.assign([...list], { sequence: true }) : list;
}
