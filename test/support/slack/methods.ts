import type { Methods } from './method.ts';
import { authMethods } from './methods/auth.ts';
import { chatMethods } from './methods/chat.ts';
import { conversationMethods } from './methods/conversations.ts';
import { fileMethods } from './methods/files.ts';
import { formMethods } from './methods/forms.ts';
import { markMethods } from './methods/marks.ts';
import { peopleMethods } from './methods/people.ts';
import { readingMethods } from './methods/reading.ts';

/** The methods of the Web API that an incident bot could call. */
export const METHODS: Methods = {
  ...authMethods,
  ...chatMethods,
  ...conversationMethods,
  ...fileMethods,
  ...formMethods,
  ...markMethods,
  ...peopleMethods,
  ...readingMethods,
};
