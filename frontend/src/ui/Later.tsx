// Code and mathematics, as they are written until what colours and sets them is loaded, and where that cannot be.

import { lazy, Suspense, type ComponentProps } from "react";

const PlainCode = ({ code }: { code: string }) => <code>{code}</code>;
const PlainFormula = ({ tex }: { tex: string }) => <code>{tex}</code>;

// Offline, or the server has a newer page by now.
const Colored = lazy(() => import("./Colored").catch(() => ({ default: PlainCode })));
const SetFormula = lazy(() => import("./Formula").catch(() => ({ default: PlainFormula })));

export const Code = (props: ComponentProps<typeof Colored>) => (
  <Suspense fallback={<PlainCode {...props} />}>{props.language ? <Colored {...props} /> : <PlainCode {...props} />}</Suspense>
);

export const Formula = (props: ComponentProps<typeof SetFormula>) => (
  <Suspense fallback={<PlainFormula {...props} />}>
    <SetFormula {...props} />
  </Suspense>
);
