/** The same object, but for some of its methods: for what goes wrong at one place. */
export function but<Whole extends object>(whole: Whole, part: Partial<Whole>): Whole {
  return new Proxy(whole, {
    get: (_target, name) => {
      if (Object.hasOwn(part, name)) return Reflect.get(part, name);
      const value: unknown = Reflect.get(whole, name);
      return typeof value === 'function' ? value.bind(whole) : value;
    },
  });
}
