import type { Question } from "../conversation/message.ts";

/** What can be done with a message. The same object while nothing of it changes, so that finished turns are not drawn again. */
export interface TurnActions {
  /** Null while nothing may be asked. */
  askAgain: ((questionId: string, change?: Partial<Question>) => void) | null;
  askWithoutContext: ((questionId: string) => void) | null;
  edit: (questionId: string | null) => void;
  remove: (...ids: string[]) => void;
  chooseModel: () => void;
  newConversation: () => void;
  /** The own service of an access name. */
  serviceIdOf: (accessName: string | null) => string | null;
  draftPlace: (questionId: string) => string;
}
