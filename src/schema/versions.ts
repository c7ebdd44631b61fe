// Kubernetes versions: parses and compares them, and finds the nearest packed one.

/** Minor version of `1.35`, `v1.35.0`, `1.35.2+k3s1`; undefined: not a version of Kubernetes 1. */
export function minorOf(version: string): number | undefined {
  const minor = /^v?1\.(\d{1,3})(?:[.+-].*)?$/.exec(version.trim())?.[1]
  return minor === undefined ? undefined : Number(minor)
}

/** Whether a version is at least another one. Throws a TypeError for an invalid version. */
export function atLeast(version: string, other: string): boolean {
  const [a, b] = [minorOf(version), minorOf(other)]
  if (a === undefined || b === undefined)
    throw new TypeError(
      `“${a === undefined ? version : other}” is not a Kubernetes version such as “1.35”`,
    )
  return a >= b
}

/**
 * The requested version of an ascending list, or the nearest one: of two equally near ones the
 * older, which promises less.
 */
export function nearest(asked: string, versions: readonly string[]): string {
  const minor = minorOf(asked)
  if (minor === undefined)
    throw new TypeError(
      `“${asked}” is not a Kubernetes version such as “1.35”: correct the version in the policy`,
    )
  const away = (version: string): number => Math.abs((minorOf(version) ?? 0) - minor)
  return versions.toSorted((a, b) => away(a) - away(b))[0] ?? asked
}
