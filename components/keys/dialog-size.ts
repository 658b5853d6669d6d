/** A dialog wide enough for a command, and high enough for a form with limits. */
export const formDialog = "sm:top-[5vh] sm:w-[36rem]";
