// Finds the packages that the tests import in this folder's node_modules; what those import they find by themselves.

const TESTS = new URL("..", import.meta.url).href;

export function resolve(specifier, context, next) {
  const { parentURL = "" } = context;
  const byTests = parentURL.startsWith(TESTS) && !parentURL.includes("/node_modules/");
  const isPackage = /^[@\w]/.test(specifier) && !specifier.includes(":");
  return next(specifier, byTests && isPackage ? { ...context, parentURL: import.meta.url } : context);
}
