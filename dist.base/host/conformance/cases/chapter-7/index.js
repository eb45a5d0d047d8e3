/** Cases of chapter 7, one file to a topic. */
export const chapter7 = [];
