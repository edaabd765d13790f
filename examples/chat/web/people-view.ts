// Who is in the room: one line per user, however many windows they have open.
import { avatar } from './avatar.ts'
import { byId, create } from './dom.ts'

export interface Person {
  readonly userId: string
  readonly data: { readonly name: string }
}

/** Shows these members, oneself first. */
export function showPeople(members: readonly Person[], ownUserId: string | undefined): void {
  const windowsOf = new Map<string, Person[]>()
  for (const member of members) {
    windowsOf.set(member.userId, [...(windowsOf.get(member.userId) ?? []), member])
  }
  const people = [...windowsOf.values()].map((windows) => ({ ...windows.at(-1)!, windows: windows.length }))
  const isOwn = ({ userId }: Person): boolean => userId === ownUserId
  people.sort((a, b) => Number(isOwn(b)) - Number(isOwn(a)) || a.data.name.localeCompare(b.data.name))
  byId('people', HTMLUListElement).replaceChildren(
    ...people.map((person) => {
      const { userId, data, windows } = person
      const remarks = [isOwn(person) ? 'you' : '', windows > 1 ? `${windows} windows` : ''].filter(Boolean)
      return create(
        'li',
        {},
        avatar(userId, data.name),
        create('span', { class: 'name' }, data.name),
        ...(remarks.length > 0 ? [create('small', {}, remarks.join(', '))] : []),
      )
    }),
  )
}
