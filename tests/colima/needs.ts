// Checks what the tests on a real Colima need, and prints one line for each missing thing. npm run
// test:colima runs it before vitest.
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { env, exit, getuid, stderr } from 'node:process'

/**
 * Names the profile that the tests may break, so that no person's own machine is broken by
 * accident.
 */
export const profileVariable = 'HOLDFAST_COLIMA_PROFILE'

/** Programs that must be on the PATH, each with its remedy. */
const programs: Readonly<Record<string, string>> = {
  colima: 'install Colima 0.8 or later, with Lima',
  limactl: 'install Lima: Colima starts its virtual machines through it',
  docker: "install Docker's client: Colima brings the daemon alone",
  ssh: 'install an ssh client',
  talosctl: 'install talosctl: its client alone is asked, no Talos is needed',
}

const onPath = (program: string): boolean =>
  (env['PATH'] ?? '').split(delimiter).some(folder => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })

/** What is missing, each with its remedy. Empty if the tests can run. */
export function missing({
  profile,
  root,
  has,
}: {
  profile: string | undefined
  root: boolean
  has(program: string): boolean
}): readonly string[] {
  return [
    ...(profile === undefined || profile === ''
      ? [
          `${profileVariable} is not set: name a Colima profile that may be stopped, ` +
            `frozen and killed, e.g. ${profileVariable}=rehearsal`,
        ]
      : []),
    ...(root
      ? [
          'they run as root, as which Lima starts no virtual machine: ' +
            'run them as the user to whom the profile belongs',
        ]
      : []),
    ...Object.entries(programs)
      .filter(([program]) => !has(program))
      .map(([program, remedy]) => `${program} is not on the PATH: ${remedy}`),
  ]
}

if (import.meta.main) {
  const lacking = missing({ profile: env[profileVariable], root: getuid?.() === 0, has: onPath })
  if (lacking.length > 0) {
    stderr.write(
      `The tests on a real Colima cannot run:\n${lacking.map(line => `  ${line}\n`).join('')}`,
    )
    exit(64)
  }
}
