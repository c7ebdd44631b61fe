// The platforms of the simulated host, one folder each. To add a platform, add a folder that
// exports its programs, and one line below. A platform keeps its state in its folder, by host, as
// `guest/timers.ts` does.
import type { Program } from '#lab/host/mac.ts'
import { colima } from './colima/cli.ts'
import { docker } from './docker/cli.ts'
import { kubectl } from './kubectl/kubectl.ts'
import { launchctl } from './launchd/launchctl.ts'
import { plutil } from './launchd/plutil.ts'
import { pgrep, ps } from './macos/ps.ts'
import { shWith } from './macos/sh.ts'
import { kill } from './macos/signals.ts'
import { id, rm, swVers, uname } from './macos/tools.ts'
import { ssh } from './ssh/ssh.ts'
import { talosctl } from './talos/talosctl.ts'

/** Programs by platform, and by the names under which callers run them. */
const platforms: Readonly<Record<string, Readonly<Record<string, Program>>>> = {
  colima: { colima },
  docker: { docker },
  kubectl: { kubectl },
  launchd: { launchctl, plutil },
  macos: { id, kill, pgrep, ps, rm, sh: shWith(name => programOf(name)), sw_vers: swVers, uname },
  ssh: { ssh },
  talos: { talosctl },
}

const programs: Readonly<Record<string, Program>> = Object.assign({}, ...Object.values(platforms))

/** The installed program of this name. Undefined: the simulated host does not have it. */
export const programOf = (name: string): Program | undefined => programs[name]
