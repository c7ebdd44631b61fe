// What is never done to k3s: uninstalling it, and ending all of its processes.
import type { Program } from '#src/model/platform/forbidden.ts'

/** k3s carries a kubectl, and scripts that remove it. */
export const programs: Readonly<Record<string, Program>> = {
  k3s: {
    forbids: (words, context, judge) =>
      words[0] === 'kubectl' ? judge(words, context) : undefined,
  },
  'k3s-uninstall.sh': { forbids: () => 'destroy-cluster' },
  'k3s-agent-uninstall.sh': { forbids: () => 'destroy-cluster' },
  'k3s-killall.sh': { forbids: () => 'kill-by-pattern' },
}
