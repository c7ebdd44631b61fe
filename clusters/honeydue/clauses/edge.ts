// Failures at Cloudflare, in front of all nodes.
import { under } from '#clusters/honeydue/cite.ts'

const level = 'Failure catalog › Cloudflare-level'

export const edge = [
  ...under(`${level} › CF edge POP outage`, [
    {
      id: 'edge.one-region-only',
      kind: 'failure-mode',
      statement:
        'One failed point of presence affects only its geographic region: all others are served.',
    },
    {
      id: 'edge.next-nearest-point',
      kind: 'failure-mode',
      statement:
        'Cloudflare reroutes by itself to the next nearest point of presence, usually in minutes.',
    },
    {
      id: 'edge.point-outage-is-waited-out',
      kind: 'rule',
      statement:
        'The rare outage of a point of presence needs no action: Cloudflare recovers by itself.',
    },
  ]),
  ...under(`${level} › CF global outage (rare but has happened)`, [
    {
      id: 'edge.global-outage',
      kind: 'failure-mode',
      statement:
        'The operator distinguishes a global Cloudflare outage, ' +
        'in which the nodes still answer, from a failure of the cluster.',
    },
    {
      id: 'edge.origins-bypass-the-proxy',
      kind: 'rule',
      statement:
        'In a global outage the operator switches off the proxy of every A record in the ' +
        'dashboard, so that names resolve to the nodes directly.',
    },
    {
      id: 'edge.origins-are-open',
      kind: 'must',
      statement:
        'The firewall of each node allows :80 and :443 from anywhere, ' +
        'so that direct traffic reaches Traefik.',
    },
    {
      id: 'edge.bypass-is-plain-http',
      kind: 'failure-mode',
      statement:
        'With the proxy off the site answers over HTTP. TLS breaks: ' +
        'in Flexible mode no node has a certificate.',
    },
    {
      id: 'edge.global-outage-is-yearly',
      kind: 'lesson',
      statement:
        'The bypass stays ready: a global outage of some hours is expected about once a year.',
    },
  ]),
  ...under(`${level} › DNS hijacking`, [
    {
      id: 'edge.hijacked-names',
      kind: 'failure-mode',
      statement:
        'The names of the site never resolve to an attacker’s address. ' +
        'If they do, all traffic counts as compromised.',
    },
    {
      id: 'edge.hijack-spares-encrypted-dns',
      kind: 'lesson',
      statement:
        'A hijack at Cloudflare itself is unlikely, and users of DoH or DoT are protected from it.',
    },
    {
      id: 'edge.hijack-has-no-remedy-here',
      kind: 'lesson',
      statement: 'No measure in the cluster counts as protection from DNS hijacking.',
    },
    {
      id: 'edge.hijack-goes-to-the-provider',
      kind: 'rule',
      statement: 'Recovery from a hijack needs the incident response of Cloudflare.',
    },
  ]),
]
