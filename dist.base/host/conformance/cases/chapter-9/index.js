/** Cases of chapter 9, one file to a topic. */
export const chapter9 = [];
