// The areas of the province on a map.
import { openMap } from "../map/base.js";

openMap(document.getElementById("areas-map"));
