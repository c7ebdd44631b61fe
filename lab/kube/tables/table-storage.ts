// The tables of claims, volumes and their classes.
import { since } from '#lab/kube/messages/duration-text.ts'
import type { JsonObject } from '#lab/kube/patch/json.ts'
import { at, mapAt, textAt, textsAt } from '#lab/kube/patch/json.ts'
import type { Printer } from './table-column.ts'
import { accessModes, age, column, name, nameOf, texts, wide } from './table-column.ts'

const isDefault = (object: JsonObject): boolean => {
  const annotations = mapAt(object, 'metadata', 'annotations')
  return (
    annotations['storageclass.kubernetes.io/is-default-class'] === 'true' ||
    annotations['storageclass.beta.kubernetes.io/is-default-class'] === 'true'
  )
}

/** The phase, or `Terminating` once the deletion has begun. */
const phaseOf = (object: JsonObject): string =>
  textAt(object, 'metadata', 'deletionTimestamp') === undefined
    ? (textAt(object, 'status', 'phase') ?? '')
    : 'Terminating'

/** @source Kubernetes v1.35, printers: columns by kind */
export const storagePrinters: Readonly<Record<string, Printer>> = {
  PersistentVolumeClaim: {
    columns: [
      name,
      ...texts(
        'Status',
        'Volume',
        'Capacity',
        'Access Modes',
        'StorageClass',
        'VolumeAttributesClass',
      ),
      age,
      wide('VolumeMode'),
    ],
    cells: (object, { ageOf }) => {
      const volume = textAt(object, 'spec', 'volumeName') ?? ''
      // Without a volume a claim has neither its size nor its modes.
      const [capacity, modes] =
        volume === ''
          ? ['', '']
          : [
              textAt(object, 'status', 'capacity', 'storage') ?? '',
              accessModes(textsAt(object, 'status', 'accessModes')),
            ]
      return [
        nameOf(object),
        phaseOf(object),
        volume,
        capacity,
        modes,
        textAt(object, 'spec', 'storageClassName') ?? '',
        textAt(object, 'spec', 'volumeAttributesClassName') ?? '<unset>',
        ageOf(object),
        textAt(object, 'spec', 'volumeMode') ?? 'Filesystem',
      ]
    },
  },
  PersistentVolume: {
    columns: [
      name,
      ...texts(
        'Capacity',
        'Access Modes',
        'Reclaim Policy',
        'Status',
        'Claim',
        'StorageClass',
        'VolumeAttributesClass',
        'Reason',
      ),
      age,
      wide('VolumeMode'),
    ],
    cells: (object, { ageOf }) => {
      const claim = at(object, 'spec', 'claimRef')
      return [
        nameOf(object),
        textAt(object, 'spec', 'capacity', 'storage') ?? '',
        accessModes(textsAt(object, 'spec', 'accessModes')),
        textAt(object, 'spec', 'persistentVolumeReclaimPolicy') ?? '',
        phaseOf(object),
        claim === undefined
          ? ''
          : `${textAt(claim, 'namespace') ?? ''}/${textAt(claim, 'name') ?? ''}`,
        textAt(object, 'spec', 'storageClassName') ?? '',
        textAt(object, 'spec', 'volumeAttributesClassName') ?? '<unset>',
        textAt(object, 'status', 'reason') ?? '',
        ageOf(object),
        textAt(object, 'spec', 'volumeMode') ?? 'Filesystem',
      ]
    },
  },
  StorageClass: {
    columns: [
      name,
      ...texts('Provisioner', 'ReclaimPolicy', 'VolumeBindingMode'),
      column('AllowVolumeExpansion', 'boolean'),
      age,
    ],
    cells: (object, { ageOf }) => [
      `${nameOf(object)}${isDefault(object) ? ' (default)' : ''}`,
      textAt(object, 'provisioner') ?? '',
      textAt(object, 'reclaimPolicy') ?? 'Delete',
      textAt(object, 'volumeBindingMode') ?? 'Immediate',
      at(object, 'allowVolumeExpansion') === true,
      ageOf(object),
    ],
  },
  VolumeAttachment: {
    columns: [name, ...texts('Attacher', 'PV', 'Node'), column('Attached', 'boolean'), age],
    cells: (object, { now }) => [
      nameOf(object),
      textAt(object, 'spec', 'attacher') ?? '',
      textAt(object, 'spec', 'source', 'persistentVolumeName') ?? '',
      textAt(object, 'spec', 'nodeName') ?? '',
      at(object, 'status', 'attached') === true,
      since(textAt(object, 'metadata', 'creationTimestamp'), now),
    ],
  },
}
