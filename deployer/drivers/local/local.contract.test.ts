import { createLocalPlace } from "../../testing/local-place.ts";
import { driverContract } from "../contract.ts";

driverContract("local", createLocalPlace, { without: ["cut"] });
