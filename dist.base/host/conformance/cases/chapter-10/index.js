/** Cases of chapter 10, one file to a topic. */
export const chapter10 = [];
