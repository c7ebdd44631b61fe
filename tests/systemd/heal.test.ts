// node-services-run and its fix against the lab's server with systemd.
import { describe, expect, test } from 'vitest'
import { check, healed, newLab, onServer, policyFor, server } from './world.ts'

const minute = 60_000

describe('node-services-run', () => {
  test('holds while the unit is active', async () => {
    expect(await check(newLab())).toEqual({
      'node-services-run': ['holds'],
      'nodes-are-ready': ['holds'],
    })
  })

  test('finds service-not-active for a unit that systemd has given up', async () => {
    const lab = newLab()
    lab.host.faultControls.breakUnit(server, true)
    lab.host.faultControls.killUnit(server)
    lab.context.clock.advance(minute)
    expect(await onServer(lab, 'systemctl is-active k3s')).toMatchObject({ stdout: 'failed\n' })
    expect((await check(lab))['node-services-run']).toEqual(['violated', 'service-not-active'])
  })

  test('finds service-not-active for a unit that a person has stopped', async () => {
    const lab = newLab()
    await onServer(lab, 'sudo -n systemctl stop k3s')
    expect((await check(lab))['node-services-run']).toEqual(['violated', 'service-not-active'])
  })

  test('finds service-missing for a unit that the machine does not have', async () => {
    expect((await check(newLab(), policyFor('k3s-agent')))['node-services-run']).toEqual([
      'violated',
      'service-missing',
    ])
  })

  test('is unknown while the machine does not answer', async () => {
    const lab = newLab()
    lab.host.faultControls.serverSshd(server, false)
    expect((await check(lab))['node-services-run']).toEqual(['unknown'])
  })
})

describe('restart-node-service', () => {
  test('starts a stopped unit, and its node becomes Ready', async () => {
    const lab = newLab()
    await onServer(lab, 'sudo -n systemctl stop k3s')
    lab.context.clock.advance(2 * minute)
    expect(await healed(lab)).toMatchObject([
      { fix: 'restart-node-service', outcome: { kind: 'applied', helped: true } },
    ])
    lab.context.clock.advance(2 * minute)
    expect(await check(lab)).toEqual({
      'node-services-run': ['holds'],
      'nodes-are-ready': ['holds'],
    })
  })

  test('starts a unit that has failed, although its start limit still lasts', async () => {
    const lab = newLab()
    lab.host.faultControls.breakUnit(server, true)
    lab.host.faultControls.killUnit(server)
    lab.context.clock.advance(minute)
    lab.host.faultControls.breakUnit(server, false)
    expect(await onServer(lab, 'sudo -n systemctl restart k3s')).toMatchObject({ code: 1 })
    expect(await healed(lab)).toMatchObject([
      { fix: 'restart-node-service', outcome: { kind: 'applied', helped: true } },
    ])
    expect((await check(lab))['node-services-run']).toEqual(['holds'])
  })

  test('fails while the cause of the failure lasts', async () => {
    const lab = newLab()
    lab.host.faultControls.breakUnit(server, true)
    lab.host.faultControls.killUnit(server)
    lab.context.clock.advance(minute)
    expect(await healed(lab)).toMatchObject([
      { outcome: { kind: 'failed', error: expect.stringContaining('Job for k3s.service failed') } },
    ])
    expect((await check(lab))['node-services-run']).toEqual(['violated', 'service-not-active'])
  })

  test('leaves a unit alone that systemd restarts on its own', async () => {
    const lab = newLab()
    lab.host.faultControls.killUnit(server)
    expect(await healed(lab)).toEqual([])
    lab.context.clock.advance(minute)
    expect((await check(lab))['node-services-run']).toEqual(['holds'])
  })
})
