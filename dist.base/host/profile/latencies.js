/**
 * Provisional: round numbers of the order that published measurements of servers suggest, not
 * measured on any machine. They make runs comparable with each other, not with hardware.
 */
export const provisionalLatencies = {
    memoryAccess: 80,
    message: 250,
    translationRequest: 500,
    interrupt: 1500,
};
/**
 * Modelled time that hardware spends on page requests, in nanoseconds, summed over a run: messages up
 * and down, queue entries, page events (one interrupt for each group that was answered), and the
 * translation requests that led to them. The time that software takes to answer is not in it.
 */
export function pageRequestTime(counters, latencies = provisionalLatencies) {
    const count = (name) => Number(counters[name]);
    const responses = count("pageGroupResponses") + count("pageRequestsAnswered");
    return (count("pageRequests") * (latencies.message + latencies.translationRequest) +
        count("pageRequestsQueued") * latencies.memoryAccess +
        responses * (latencies.message + latencies.memoryAccess) +
        count("pageGroupResponses") * latencies.interrupt);
}
