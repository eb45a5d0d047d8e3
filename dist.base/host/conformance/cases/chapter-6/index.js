/** Cases of chapter 6, one file to a topic. */
export const chapter6 = [];
