// Which calls of systemd's programs only read.
import type { Program } from '#src/model/platform/forbidden.ts'

const writing = /^--(vacuum|rotate|flush|sync|relinquish|smart|setup|update)/

export const programs: Readonly<Record<string, Program>> = {
  systemctl: { reads: ([verb = '']) => ['show', 'is-active'].includes(verb) },
  journalctl: {
    reads: words => words[0] === '--unit' && !words.some(word => writing.test(word)),
  },
}
