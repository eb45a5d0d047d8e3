import { formatBdf } from "../../pci/topology.js";
import { readConfig, writeConfig } from "./config-region.js";
import { CONFIG_REGION } from "./protocol/replies.js";
import { bytesOf, isRegisterAccess, noRegister, valueOf } from "./register-bytes.js";
const CONFIG_BYTES = 4096;
const MSI_INDEX = 1;
/** An endpoint of the bus as a client sees it. `accessed` is called after each access. */
export function serveEndpoint(endpoint, accessed) {
    const barOf = (region) => endpoint.bars.find(({ index }) => index === region);
    const watched = (access) => {
        const result = access();
        accessed();
        return result;
    };
    return {
        name: `the endpoint at ${formatBdf(endpoint.id)}`,
        regionSize: (region) => (region === CONFIG_REGION ? CONFIG_BYTES : (barOf(region)?.size ?? 0)),
        irqCount: (index) => (index === MSI_INDEX ? 1 : 0),
        read: (region, offset, count) => watched(() => {
            if (region === CONFIG_REGION)
                return readConfig(endpoint.config, offset, count);
            if (!isRegisterAccess(offset, count))
                return noRegister(count);
            return bytesOf(endpoint.endpoint.readBar(region, offset, count), count);
        }),
        write: (region, offset, data) => {
            watched(() => {
                if (region === CONFIG_REGION)
                    writeConfig(endpoint.config, offset, data);
                else if (isRegisterAccess(offset, data.length)) {
                    endpoint.endpoint.writeBar(region, offset, data.length, valueOf(data));
                }
            });
        },
        reset: () => {
            watched(() => {
                endpoint.reset();
            });
        },
    };
}
