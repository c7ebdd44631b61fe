// Failures at Cloudflare, in front of everything.
import { under } from '#clusters/honeydue/cite.ts'

const level = 'Failure catalog › Cloudflare-level'

export const edge = [
  ...under(`${level} › CF edge POP outage`, [
    {
      id: 'edge.one-region-only',
      kind: 'failure-mode',
      statement:
        'When one point of presence fails, errors stay within its geographic region; all other regions are served.',
    },
    {
      id: 'edge.next-nearest-point',
      kind: 'failure-mode',
      statement:
        'Cloudflare moves the traffic to the next nearest point of presence by itself, usually within minutes.',
    },
    {
      id: 'edge.point-outage-is-waited-out',
      kind: 'rule',
      statement:
        'Nothing of ours acts on the outage of one point of presence, a rare event; Cloudflare is waited for.',
    },
  ]),
  ...under(`${level} › CF global outage (rare but has happened)`, [
    {
      id: 'edge.global-outage',
      kind: 'failure-mode',
      statement:
        'A site that is unreachable through Cloudflare everywhere, while the nodes still answer, is told apart from a failure of the cluster.',
    },
    {
      id: 'edge.origins-bypass-the-proxy',
      kind: 'rule',
      statement:
        'In a global outage the proxy of every A record is switched off by hand in the dashboard, so that names resolve to the nodes directly.',
    },
    {
      id: 'edge.origins-are-open',
      kind: 'must',
      statement:
        'The firewall of each node lets :80 and :443 in from anywhere, so that direct traffic reaches Traefik.',
    },
    {
      id: 'edge.bypass-is-plain-http',
      kind: 'failure-mode',
      statement:
        'With the proxy off the site answers over HTTP; TLS breaks, because in Flexible mode no node holds a certificate.',
    },
    {
      id: 'edge.global-outage-is-yearly',
      kind: 'lesson',
      statement:
        'A global outage of some hours is expected about once a year, so the bypass is kept ready.',
    },
  ]),
  ...under(`${level} › DNS hijacking`, [
    {
      id: 'edge.hijacked-names',
      kind: 'failure-mode',
      statement:
        'Names of the site resolve to no address of an attacker; where they do, all traffic counts as compromised.',
    },
    {
      id: 'edge.hijack-spares-encrypted-dns',
      kind: 'lesson',
      statement:
        'A hijack is unlikely at Cloudflare itself, and users who resolve over DoH or DoT are protected from it.',
    },
    {
      id: 'edge.hijack-has-no-remedy-here',
      kind: 'lesson',
      statement: 'No measure of the cluster counts as protection from hijacked names.',
    },
    {
      id: 'edge.hijack-goes-to-the-provider',
      kind: 'rule',
      statement: 'Recovery from a hijack is asked of the incident response of Cloudflare.',
    },
  ]),
]
